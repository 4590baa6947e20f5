"""Tell, while typing or for good, whether a secret is good enough for a service."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from django.contrib.auth.password_validation import CommonPasswordValidator

from linekey.domain import access
from linekey.domain.access import Action, Actor
from linekey.domain.errors import PasswordRefused
from linekey.domain.kinds import KINDS
from linekey.domain.password_rules import PRESETS, Circumstances, Rule, Verdict, judge
from linekey.domain.secret import Secret
from linekey.records import find, versions
from linekey.records.models import CredentialVersion, Person, Service
from linekey.vault import check


def conditions(*, actor: Actor, reference: str) -> tuple[Rule, ...]:
    """The rules to show before typing (SIP-2)."""
    return rules_for(find.service(actor, reference))


def verdicts(*, actor: Actor, reference: str, candidate: Secret, now: datetime) -> list[Verdict]:
    """One verdict per rule, as the server will decide at the end: one definition serves both.

    For whoever may change it: that a secret was used before tells that a guess at it is right.
    Raises NotFound, NotAllowed, StepUpNeeded.
    """
    service = find.service(actor, reference)
    access.require(actor, Action.CHANGE, owner_id=service.owner_id, now=now)
    return judge_for(service, candidate)


def judge_for(service: Service, candidate: Secret) -> list[Verdict]:
    return judge(rules_for(service), candidate, circumstances_of(service))


def portal_verdicts(person: Person, candidate: Secret) -> list[Verdict]:
    rules = PRESETS[find.policy_of(person.organisation).portal_rules]
    personal = tuple(fact for fact in find.facts_of(person) if fact)
    return judge(rules, candidate, Circumstances(personal=personal, common=common_passwords()))


def require_good(found: list[Verdict]) -> None:
    """Raises PasswordRefused naming every broken rule."""
    broken = [verdict.rule for verdict in found if not verdict.good]
    if broken:
        raise PasswordRefused(broken)


def rules_for(service: Service) -> tuple[Rule, ...]:
    return PRESETS[find.policy_of(service.organisation).sip_rules]


def circumstances_of(service: Service) -> Circumstances:
    # Whoever draws asks of one candidate after the other: what there was before is read once.
    before = cache(lambda: versions.with_secret(service))
    return Circumstances(
        personal=find.personal_facts(service),
        common=common_passwords(),
        used_before=lambda secret: _used_before(service, secret, before()),
    )


def _used_before(service: Service, secret: Secret, before: Sequence[CredentialVersion]) -> bool:
    username, realm = find.digest_names(service)
    return any(
        check.credential_matches(
            KINDS[service.kind], version.sealed, version.seal_place, secret, username=username, realm=realm
        )
        # A retirement holds no secret, and one that only the element knows cannot be compared with.
        for version in before
    )


@cache
def common_passwords() -> frozenset[str]:
    """Django's list of 20,000 common passwords, lower case."""
    return frozenset(CommonPasswordValidator().passwords)
