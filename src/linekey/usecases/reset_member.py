"""Replace the password of a member who lost it, as the policy of their organisation says (TEAM-2).

By a link, which nobody but they ever uses; by a drawn one in a mail; typed by an administrator. The last two
open only the page that replaces them, and nothing at all after a day. The second factor is never touched.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from linekey.domain import tally_keys
from linekey.domain.access import Action, Actor
from linekey.domain.effects import Effect, EffectKind
from linekey.domain.errors import AccountNotOpen, PolicyForbids
from linekey.domain.flows import FlowKind
from linekey.domain.limits import SENT
from linekey.domain.members import TEMPORARY_LASTS, resets_for
from linekey.domain.password_rules import PRESETS, Rule, Verdict
from linekey.domain.policy import MemberReset
from linekey.domain.secret import Secret
from linekey.records import audit, find, outbox, tallies
from linekey.records.models import Person
from linekey.usecases import judge_secret
from linekey.usecases.act_on_member import by, plan_of, seen, tell_owner, was_asked
from linekey.usecases.end_access import end_access
from linekey.vault import seal

_MESSAGES = {MemberReset.LINK: "reset_password", MemberReset.MAIL: "member_password"}


@dataclass(frozen=True)
class ResetForm:
    ways: tuple[MemberReset, ...]
    """The safest first."""
    conditions: tuple[Rule, ...]
    """Of a password that is typed."""


def look(*, actor: Actor, customer_id: str, now: datetime) -> ResetForm:
    """What the form offers. Raises NotFound, NotAllowed, StepUpNeeded, NotOnYourself, AccountNotOpen."""
    member = seen(actor, Action.RESET_MEMBER, customer_id, now=now)
    _require_open(member, MemberReset.LINK)
    policy = find.policy_of(member.organisation)
    ways = resets_for(actor, policy.member_reset) if member.activated_at else (MemberReset.LINK,)
    return ResetForm(ways, PRESETS[policy.portal_rules])


def send(*, actor: Actor, customer_id: str, way: MemberReset, operation: str, now: datetime) -> None:
    """The worker mails a link, or a password which it draws. Whoever never activated gets that link again.

    The old password works until the mail server took the mail. `operation` is the request's own name: sent
    twice it is one. Raises NotFound, NotAllowed, ScopeNotGranted, StepUpNeeded, NotOnYourself,
    AccountNotOpen, PolicyForbids, and TooManyAttempts: nobody fills a colleague's mailbox.
    """
    member = seen(actor, Action.RESET_MEMBER, customer_id, now=now)
    _require(actor, member, way)
    if way not in _MESSAGES:
        raise PolicyForbids()
    plan = plan_of(actor, member.customer_id, operation)
    if was_asked(plan):
        return
    tallies.require({tally_keys.sent(FlowKind.RECOVERY, member.pk): SENT}, now=now)
    with transaction.atomic(durable=True):
        audit.write(action="member.reset", now=now, actor=actor, person=member, way=way.value)
        mail = Effect(EffectKind.RECOVER, message=_MESSAGES[way], facts={"by": by(actor)})
        outbox.put([mail], plan=plan, now=now, person=member)


def verdicts(*, actor: Actor, customer_id: str, candidate: Secret, now: datetime) -> list[Verdict]:
    """As `set_password` will decide. Raises as it does."""
    member = seen(actor, Action.RESET_MEMBER, customer_id, now=now)
    _require(actor, member, MemberReset.TYPED)
    return judge_secret.portal_verdicts(member, candidate)


def set_password(*, actor: Actor, customer_id: str, new: Secret, now: datetime) -> None:
    """Every session and link ends (TEAM-3), and so does a lock: guesses at the old one count no more.

    Raises NotFound, NotAllowed, StepUpNeeded, NotOnYourself, AccountNotOpen, PolicyForbids, PasswordRefused.
    """
    judge_secret.require_good(verdicts(actor=actor, customer_id=customer_id, candidate=new, now=now))
    # The hash runs outside any transaction: it takes longer than everything else together.
    encoded, until = seal.encoded(new), now + TEMPORARY_LASTS
    with transaction.atomic(durable=True):
        member = seen(actor, Action.RESET_MEMBER, customer_id, now=now, lock=True)
        _require(actor, member, MemberReset.TYPED)
        Person.objects.filter(pk=member.pk).update(
            password=encoded, must_change_password=True, password_expires_at=until
        )
        end_access(member, keep=None, now=now)
        tallies.forgive(*tally_keys.spent_by_guessing(member.pk))
        audit.write(action="member.password_set", now=now, actor=actor, person=member)
        tell_owner(actor, member, "password_set", now=now, until=until.isoformat())


def _require(actor: Actor, member: Person, way: MemberReset) -> None:
    """Raises PolicyForbids, AccountNotOpen."""
    if way not in resets_for(actor, find.policy_of(member.organisation).member_reset):
        raise PolicyForbids()
    _require_open(member, way)


def _require_open(member: Person, way: MemberReset) -> None:
    """Raises AccountNotOpen; but whoever never activated their account is sent that link."""
    if not member.is_active or (member.activated_at is None and way is not MemberReset.LINK):
        raise AccountNotOpen()
