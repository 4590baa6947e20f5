"""A new way in for a member whose password somebody who looks after them resets (TEAM-2).

A password is drawn when its mail is written, so that it lies nowhere in clear on its way; and it is in force
once the mail server took that mail: nobody is cut before they hold it (law 4).
"""

from datetime import datetime

from django.db import transaction

from linekey.domain import tally_keys
from linekey.domain.drawing import draw_long
from linekey.domain.members import TEMPORARY_LASTS, TEMPORARY_LENGTH
from linekey.domain.password_rules import PRESETS, Circumstances
from linekey.domain.secret import Secret
from linekey.enact import links
from linekey.enact.outside import Again, Done, Outcome, Outside, Skipped
from linekey.enact.post import post
from linekey.records import audit, find, holds, tallies
from linekey.records.claimed import Claimed
from linekey.records.models import Person
from linekey.vault import seal


def reset(claimed: Claimed, member_id: int, outside: Outside, now: datetime) -> Outcome:
    """The member holds a link, or a password to change. Nothing for whoever was disabled since."""
    member = Person.objects.select_related("organisation").get(pk=member_id)
    by = claimed.facts["by"]
    if not member.is_active:
        return Skipped()
    if member.activated_at is None:
        links.welcome(claimed, outside, now, member, by=by)
    elif claimed.message == "member_password":
        return _mail_password(claimed, outside, now, member, by)
    else:
        links.recovery(claimed, outside, now, member, by=by)
    return Done({})


def _mail_password(claimed: Claimed, outside: Outside, now: datetime, member: Person, by: str) -> Outcome:
    drawn, until = _drawn(member), now + TEMPORARY_LASTS
    encoded = seal.encoded(drawn)  # Before the mail: between that and the change hardly anything may pass.
    post(claimed, outside, now, member, {"password": drawn, "expires": until, "by": by})
    with transaction.atomic():
        # Of two workers with one reset, the one whose password is in force has told it last.
        unchanged = Person.objects.filter(pk=member.pk, password=member.password)
        if not unchanged.update(password=encoded, must_change_password=True, password_expires_at=until):
            return Again(now, "the password changed while the mail was sent")
        holds.end_all(member, keep=None, now=now)
        tallies.forgive(*tally_keys.spent_by_guessing(member.pk))
        audit.write(action="member.password_mailed", now=now, actor=None, person=member, by=by)
    return Done({"sent": member.email})


def _drawn(member: Person) -> Secret:
    rules = PRESETS[find.policy_of(member.organisation).portal_rules]
    return draw_long(TEMPORARY_LENGTH, rules, Circumstances(personal=tuple(find.facts_of(member))))
