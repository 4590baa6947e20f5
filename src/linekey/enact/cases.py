"""Mails and codes about support cases. Links and codes are drawn here, so that none lies in clear on its way.

Whose account a case is about is looked up here too: the form answers everybody alike (law 7).
"""

from datetime import datetime
from math import ceil

from django.db import transaction

from linekey.delivery.letters import Recipient, write_sms
from linekey.domain import identifiers
from linekey.domain.cases import IN_HAND, CaseEffect, CaseLink, CaseState
from linekey.domain.contacts import masked
from linekey.domain.effects import TO
from linekey.domain.flows import CODE_LASTS
from linekey.enact.outside import Dead, Done, Outcome, Outside, Skipped
from linekey.enact.post import post, send
from linekey.records import cases, find
from linekey.records.claimed import Claimed
from linekey.records.models import Case, CaseAccess, Person
from linekey.vault import seal

_MINUTE = 60
_SMS = "sms"
_NO_GATEWAY = "no SMS gateway is configured"
_STILL = {
    "case_opened": frozenset(CaseState),
    "case_more_wanted": frozenset({CaseState.ASKING}),
    "case_decided": frozenset({CaseState.WAITING}),
    "case_refused": frozenset({CaseState.REFUSED}),
    "case_stopped": frozenset({CaseState.STOPPED, CaseState.REFUSED}),
    "case_done": frozenset({CaseState.DONE}),
}
"""Where a case must still stand for a mail to be true when it is sent."""
_LINKS = {
    "case_opened": CaseLink.FOLLOW,
    "case_more_wanted": CaseLink.FOLLOW,
    "case_decided": CaseLink.STOP,
}
"""What the link in a mail is good for."""


def tell(claimed: Claimed, outside: Outside, now: datetime) -> Outcome:
    """Whoever the mail is for knows where the case stands; the link in it is theirs alone."""
    case = Case.objects.select_related("person").filter(reference=claimed.facts["case"]).first()
    if case is None or case.state not in _STILL[claimed.message]:
        return Skipped()
    if claimed.message == "case_opened":
        _find_account(case)
    facts = _facts(claimed, case)
    if claimed.message in _LINKS:
        facts["link"] = _link(claimed, outside, case, now)
    if claimed.facts["whom"] != "owner":
        recipient = Recipient(case.reference, case.name, claimed.facts[TO], case.language)
        send(claimed, outside, claimed.message, recipient, facts)
        return Done({"sent": "applicant"})
    person = find.person(claimed.person_id or 0)
    if claimed.facts[TO] != _SMS:
        return post(claimed, outside, now, person, facts, address=claimed.facts[TO])
    if not cases.can_call_back(person):
        return Skipped()  # The number was changed or given up meanwhile.
    return _text(claimed, outside, person, facts)


def call_back(claimed: Claimed, outside: Outside, now: datetime) -> Outcome:
    """The account's own number holds a fresh code for the applicant to read back; the one before is dead."""
    person = find.person(claimed.person_id or 0)
    # Only while it is still thought to be this account.
    case = Case.objects.filter(reference=claimed.facts["case"], state__in=IN_HAND, person=person)
    drawn, expires = seal.new_code(), now + CODE_LASTS
    if not cases.can_call_back(person) or not case.update(
        call_code=seal.encoded(drawn), call_code_expires_at=expires, call_tries=0
    ):
        return Skipped()
    lasts = ceil(CODE_LASTS.total_seconds() / _MINUTE)
    return _text(claimed, outside, person, {"code": drawn, "lasts_minutes": lasts})


def _text(claimed: Claimed, outside: Outside, person: Person, facts: dict[str, object]) -> Outcome:
    if outside.sms is None:
        return Dead(_NO_GATEWAY)
    text = write_sms(claimed.message, person.language, facts, operator=outside.voice)
    outside.sms.send(text, person.phone, f"{claimed.plan}.{claimed.id}")
    return Done({"sent": _SMS})


def _find_account(case: Case) -> None:
    """Unless an agent named another meanwhile."""
    typed = identifiers.read(case.identifier, case.extension)
    person = find.person_by_identifier(typed)
    if person is not None:
        Case.objects.filter(pk=case.pk, person=None).update(person=person)


def _link(claimed: Claimed, outside: Outside, case: Case, now: datetime) -> str:
    """A mail that is tried again carries another link; the one before is dead."""
    purpose, token, to = _LINKS[claimed.message], seal.new_token(), claimed.facts[TO]
    mail = f"{claimed.plan}:{claimed.id}"
    with transaction.atomic():
        CaseAccess.objects.filter(plan=mail).delete()
        CaseAccess.objects.create(
            case=case,
            purpose=purpose,
            digest=seal.digest(token),
            plan=mail,
            sent_to=masked(to) if "@" in to else to,
            made_at=now,
        )
    place = f"{outside.voice.public_url}/dossier/{token.reveal()}"
    return f"{place}/arreter" if purpose is CaseLink.STOP else place


def _facts(claimed: Claimed, case: Case) -> dict[str, object]:
    """What the letters need; words that choose a sentence are empty where there is none."""
    failure = cases.failure(case.steps.all())
    mailbox = {CaseEffect.REPLACE_EMAIL: "replaced", CaseEffect.PROMOTE_BACKUP: "promoted"}
    return {
        "case": case.reference,
        "whom": claimed.facts["whom"],
        "at": claimed.created_at,
        "until": case.effective_at or claimed.created_at,
        "reason": case.reason,
        "failed": failure.value if failure else "",
        "mailbox": next((word for effect, word in mailbox.items() if effect in case.wanted), ""),
        "factors": "off" if CaseEffect.FACTOR_OFF in case.wanted else "",
        "answers": "cleared" if CaseEffect.CLEAR_QUESTION in case.wanted else "",
        "shown": masked(case.new_email),
    }
