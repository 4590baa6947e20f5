"""Links and codes that let people into their accounts. Drawn here, so that none lies in clear on its way.

Who is behind an identifier is looked up here too: the door that was asked does the same for everybody.
"""

from datetime import datetime, timedelta
from math import ceil

from linekey.delivery.letters import Recipient, write_sms
from linekey.domain import identifiers, tally_keys
from linekey.domain.contacts import Contact
from linekey.domain.factors import Means
from linekey.domain.flows import CODE_LASTS, FlowKind, FlowState
from linekey.domain.limits import ASKED, Limit
from linekey.domain.recovery import Purpose
from linekey.domain.secret import Secret
from linekey.enact import links, members
from linekey.enact.outside import Dead, Done, Outcome, Outside, Skipped
from linekey.enact.post import post, send
from linekey.records import find, flows, tallies, tickets
from linekey.records.claimed import Claimed
from linekey.records.models import Flow, Person, Ticket
from linekey.vault import seal

ASK_AGAIN_AFTER = timedelta(minutes=1)
"""A second request sooner than that sends nothing: a stranger must not fill a mailbox."""
_ONCE = Limit(1, within=timedelta(days=1), shut=timedelta(days=1))


def recover(claimed: Claimed, outside: Outside, now: datetime) -> Outcome:
    """Whoever owns the typed identifier, if anybody, holds a link, or knows why there is none.

    The row tells nothing either way. Where it names a person, somebody who looks after them asked.
    """
    if claimed.person_id is not None:
        return members.reset(claimed, claimed.person_id, outside, now)
    typed = identifiers.read(claimed.facts["identifier"], claimed.facts.get("extension", ""))
    person = find.person_by_identifier(typed)
    if person is None or _holds_a_fresh_link(person, claimed, now):
        return Done({})
    if _too_often(tally_keys.asked_of_person(person.pk), claimed, now):
        return Done({})
    if not person.is_active:
        post(claimed, outside, now, person, {"why": person.disabled_for}, message="account_disabled")
    elif person.activated_at is None:
        links.welcome(claimed, outside, now, person, by="")
    else:
        links.recovery(claimed, outside, now, person, by="")
    return Done({})


def activate(claimed: Claimed, outside: Outside, now: datetime) -> Outcome:
    """Whoever owns the mailbox holds an activation link, or knows they have an account (ACC-10, TEAM-10)."""
    if claimed.person_id is None:
        return _activate_asked(claimed, outside, now)
    person = Person.objects.select_related("organisation").get(pk=claimed.person_id)
    if claimed.message == "account_exists":
        return _tell_owner(claimed, outside, now, person)
    if person.activated_at is not None or not person.is_active:
        return Skipped()
    links.welcome(claimed, outside, now, person, by=claimed.facts.get("by", ""))
    return Done({})


def _activate_asked(claimed: Claimed, outside: Outside, now: datetime) -> Outcome:
    """For somebody we do not know; the address may have an account already."""
    asked = Flow.objects.filter(reference=claimed.facts["flow"], kind=FlowKind.ACTIVATION)
    flow = asked.filter(state=FlowState.LINK, expires_at__gt=now).first()
    if flow is None:
        return Skipped()
    owner = Person.objects.filter(email=flow.facts["email"], tenant__parent=None).first()
    if owner is not None:
        flows.end(flow)
        return _tell_owner(claimed, outside, now, owner)
    if _too_often(_mailbox(flow.facts["email"]), claimed, now):
        flows.end(flow)
        return Done({})
    token = seal.new_token()
    Ticket.objects.filter(flow=flow, used_at=None).update(used_at=now)
    tickets.issue(seal.digest(token), Purpose.ACTIVATE, person=None, flow=flow, plan=claimed.plan, now=now)
    name = f"{flow.facts['first_name']} {flow.facts['last_name']}"
    recipient = Recipient(flow.facts["customer_id"], name, flow.facts["email"], flow.facts["language"])
    send(claimed, outside, "activate_account", recipient, links.activation(outside, flow, token))
    return Done({})


def code(claimed: Claimed, outside: Outside, now: datetime) -> Outcome:
    """Whoever goes through the flow holds a fresh code; the one sent before is dead (ACC-9, TEAM-9).

    A main address that has an account already gets no code: its owner is told.
    """
    asked = Flow.objects.select_related("person").filter(reference=claimed.facts["flow"])
    flow = asked.filter(state=FlowState.CODE, expires_at__gt=now).first()
    if flow is None or flow.person is None:
        return Skipped()
    owner = _owner_of_new(flow, flow.person)
    if owner is not None:
        return _tell_owner(claimed, outside, now, owner)
    drawn, expires = seal.new_code(), min(now + CODE_LASTS, flow.expires_at)
    Flow.objects.filter(pk=flow.pk).update(code=seal.encoded(drawn), code_expires_at=expires)
    facts = {
        **flow.facts,
        "code": drawn,
        "lasts_minutes": ceil((expires - now) / timedelta(minutes=1)),
        "at": claimed.created_at,
    }
    new = flow.facts.get("new", "")
    if claimed.facts["means"] != Means.SMS:
        return post(claimed, outside, now, flow.person, facts, address=new)
    if outside.sms is None:
        return Dead("no SMS gateway is configured")
    text = write_sms(claimed.message, flow.person.language, facts, operator=outside.voice)
    outside.sms.send(text, new or flow.person.phone, f"{claimed.plan}.{claimed.id}")
    return Done({"sent": "sms"})


def _owner_of_new(flow: Flow, person: Person) -> Person | None:
    """Who else under the same reseller has the main address that this flow would give to its person."""
    if flow.facts.get("contact") != Contact.EMAIL:
        return None
    others = Person.objects.filter(tenant_id=person.tenant_id, email=flow.facts["new"])
    return others.exclude(pk=person.pk).first()


def _tell_owner(claimed: Claimed, outside: Outside, now: datetime, owner: Person) -> Outcome:
    if not _too_often(_mailbox(owner.email), claimed, now):
        post(claimed, outside, now, owner, {}, message="account_exists")
    return Done({})


def _holds_a_fresh_link(person: Person, claimed: Claimed, now: datetime) -> bool:
    recent = Ticket.objects.filter(
        person=person,
        purpose__in=(Purpose.RECOVER, Purpose.ACTIVATE),
        created_at__gt=now - ASK_AGAIN_AFTER,
        used_at=None,
    )
    return recent.exclude(plan=claimed.plan).exists()


def _mailbox(address: str) -> str:
    return tally_keys.asked_of_address(seal.digest(Secret(address)))


def _too_often(key: str, claimed: Claimed, now: datetime) -> bool:
    """Did strangers make us write enough? A request counts once, however often the worker tries it.

    Links to one's own account are counted apart: what is asked of a mailbox never keeps its owner from one.
    """
    first = not tallies.take({tally_keys.asked_by_plan(claimed.plan): _ONCE}, now=now)
    return first and bool(tallies.take({key: ASKED}, now=now))
