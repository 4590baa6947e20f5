"""Change an e-mail address or the phone number: the new one counts once it answered with a code (ACC-10).

Whether an address belongs to another account is the worker's to know: whoever asks sees the same page either
way, and the owner of a taken one is told (law 7).
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from linekey.domain import access, tally_keys
from linekey.domain.access import Actor
from linekey.domain.contacts import Contact, masked, require_change
from linekey.domain.errors import AddressRefused, FlowOver, NotFound
from linekey.domain.factors import Means
from linekey.domain.flows import MOST_TRIES, FlowKind, FlowState, Visitor
from linekey.domain.limits import SENT
from linekey.domain.secret import Secret
from linekey.records import audit, find, flows, tallies
from linekey.records.models import Flow, Person
from linekey.usecases import prove_factor, read_contact
from linekey.usecases.end_access import end_access
from linekey.usecases.prove_factor import TypedCode
from linekey.usecases.tell_contacts import tell
from linekey.vault import seal

COLUMNS: dict[Contact, tuple[str, str]] = {
    Contact.EMAIL: ("email", "email_verified_at"),
    Contact.BACKUP: ("backup_email", "backup_verified_at"),
    Contact.PHONE: ("phone", "phone_verified_at"),
}
"""Where each lies, and when it answered."""


@dataclass(frozen=True)
class ContactFlow:
    contact: Contact
    shown: str
    """The new one in full, so that whoever typed it sees what they mistyped."""
    means: Means
    tries_left: int


def begin(*, actor: Actor, contact: Contact, value: str, visitor: Visitor, now: datetime) -> str:
    """Reference of a flow which the code sent to `value` answers.

    Raises NotAllowed, StepUpNeeded, AddressRefused, Malformed, TooManyAttempts.
    """
    access.require_owner(actor, now)
    person = find.person(actor.person_id)
    new, means = _read(contact, value)
    require_change(
        contact, new, held=_held(person), answered=getattr(person, COLUMNS[contact][1]) is not None
    )
    tallies.require({tally_keys.sent(FlowKind.CONTACT, person.pk): SENT}, now=now)
    facts = {"contact": contact.value, "new": new, "means": means.value}
    with transaction.atomic(durable=True):
        flow = flows.begin(
            FlowKind.CONTACT,
            FlowState.CODE,
            person=person,
            browser=seal.digest(visitor.browser),
            now=now,
            facts={**facts, "device": visitor.device, "address": visitor.address},
        )
        prove_factor.promise_code(flow, means, now=now)
    return flow.reference


def look(*, actor: Actor, reference: str, visitor: Visitor, now: datetime) -> ContactFlow:
    """Raises FlowOver."""
    flow = _own(actor, reference, visitor, now)
    return ContactFlow(
        contact=Contact(flow.facts["contact"]),
        shown=flow.facts["new"],
        means=Means(flow.facts["means"]),
        tries_left=MOST_TRIES - flow.tries,
    )


def confirm(*, actor: Actor, reference: str, code: Secret, visitor: Visitor, now: datetime) -> Contact:
    """From now on the new one counts. Every contact is told, the former one too.

    With a new main address every other session, link and flow ends (law 8).
    Raises NotAllowed, StepUpNeeded, FlowOver, WrongCode, TooManyAttempts.
    """
    access.require_owner(actor, now)
    flow = _own(actor, reference, visitor, now)

    def finish(_: Means) -> Contact:
        flows.move(flow, FlowState.DONE)
        return _replace(actor, Contact(flow.facts["contact"]), flow.facts["new"], now)

    proof = TypedCode(Means(flow.facts["means"]), code)
    try:
        return prove_factor.prove(flow, proof, visitor=visitor, now=now, finish=finish)
    except IntegrityError:  # Somebody else's account took the address meanwhile.
        flows.end(flow)
        raise FlowOver() from None


def remove(*, actor: Actor, contact: Contact, now: datetime) -> None:
    """The backup address or the phone number. Raises NotAllowed, StepUpNeeded, NotFound."""
    access.require_owner(actor, now)
    if contact is Contact.EMAIL:
        raise NotFound()  # An account without a main address does not exist.
    with transaction.atomic(durable=True):
        _replace(actor, contact, "", now)


def _read(contact: Contact, value: str) -> tuple[str, Means]:
    if contact is not Contact.PHONE:
        return read_contact.email(value), Means.MAIL
    number, extension = read_contact.phone(value)
    if extension:
        raise AddressRefused()  # No text reaches an extension.
    return number, Means.SMS


def _held(person: Person) -> dict[Contact, str]:
    return {contact: getattr(person, column) for contact, (column, _) in COLUMNS.items()}


def _own(actor: Actor, reference: str, visitor: Visitor, now: datetime) -> Flow:
    """Raises FlowOver: also for the flow which somebody else began in the same browser."""
    flow = flows.current(FlowKind.CONTACT, reference, browser=seal.digest(visitor.browser), now=now)
    if flow.person_id != actor.person_id:
        raise FlowOver()
    return flow


def _replace(actor: Actor, contact: Contact, new: str, now: datetime) -> Contact:
    """Raises FlowOver, NotFound, IntegrityError. Within a transaction."""
    person = Person.objects.select_for_update(no_key=True).get(pk=actor.person_id)
    column, answered = COLUMNS[contact]
    before = getattr(person, column)
    if not new and not before:
        raise NotFound()
    # A backup address or a number that never answered may be anybody's.
    former = before if contact is Contact.EMAIL or getattr(person, answered) else ""
    setattr(person, column, new)
    setattr(person, answered, now if new else None)
    if contact is Contact.PHONE:
        person.extension = ""
    if contact is Contact.BACKUP and new:
        person.needs_backup = False  # What was demanded when support promoted the former one (ACC-6).
    if person.email == person.backup_email:
        raise FlowOver()  # The other of the two was changed meanwhile.
    person.save(update_fields=[column, answered, "extension", "needs_backup"])
    if contact is Contact.EMAIL:
        end_access(person, keep=actor.session_id, now=now)
    else:
        flows.end_all(person)  # A code on its way to a number that is no longer theirs opens nothing.
    shown = masked(new)
    audit.write(
        action="contact.changed", now=now, actor=actor, person=person, contact=contact.value, shown=shown
    )
    addresses = (former,) if contact is not Contact.PHONE else ()
    tell(person, "contact_changed", {"contact": contact.value, "shown": shown}, now=now, former=addresses)
    return contact
