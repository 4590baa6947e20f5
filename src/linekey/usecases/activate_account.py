"""Activate an account by the link in the mail (ACC-10, TEAM-10): its owner chooses the password, and is in.

The account of an invited member waits; one that somebody asked for is made here, once.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from linekey.domain.access import Role
from linekey.domain.errors import LinkNotValid
from linekey.domain.flows import FlowState, Visitor
from linekey.domain.password_rules import PRESETS, Rule, Verdict
from linekey.domain.recovery import Purpose
from linekey.domain.secret import Secret
from linekey.records import audit, find, flows, tickets
from linekey.records.models import Flow, Organisation, Person
from linekey.usecases import draw_customer_id, judge_secret, sign_in
from linekey.usecases.end_access import end_access
from linekey.usecases.sign_in import SignedIn
from linekey.usecases.tell_contacts import tell
from linekey.vault import seal


@dataclass(frozen=True)
class Welcome:
    """Whom the link belongs to, and which rules the password must meet."""

    customer_id: str
    name: str
    language: str
    conditions: tuple[Rule, ...]


def look(*, token: Secret, now: datetime) -> Welcome:
    """Consumes nothing, so that a mail scanner which follows the link harms nobody. Raises LinkNotValid."""
    _, person = _found(token, now)
    conditions = PRESETS[find.policy_of(person.organisation).portal_rules]
    return Welcome(person.customer_id, person.full_name, person.language, conditions)


def verdicts(*, token: Secret, candidate: Secret, now: datetime) -> list[Verdict]:
    """As `finish` will decide. Raises LinkNotValid."""
    _, person = _found(token, now)
    return judge_secret.portal_verdicts(person, candidate)


def finish(*, token: Secret, new: Secret, visitor: Visitor, now: datetime) -> SignedIn:
    """The account is open and its owner signed in: the link proved the mailbox, and nobody else has a factor.

    Raises LinkNotValid, also when the address got an account meanwhile; PasswordRefused.
    """
    flow, person = _found(token, now)
    judge_secret.require_good(judge_secret.portal_verdicts(person, new))
    encoded = seal.encoded(new)
    try:
        with transaction.atomic(durable=True):
            # Of two links that are good at once, one activates: the person is held before either is used.
            held = Person.objects.select_for_update(no_key=True).filter(pk=person.pk or 0)
            if person.pk and held.filter(activated_at=None).first() is None:
                raise LinkNotValid()
            tickets.consume(seal.digest(token), Purpose.ACTIVATE, now=now)
            flows.move(flow, FlowState.DONE)
            _open(flow, person, encoded, now)
            audit.write(
                action="account.activated", now=now, actor=None, person=person, address=visitor.address
            )
            tell(person, "account_created", {}, now=now)
            return sign_in.opened(person, visitor, method="activation", trust=False, now=now)
    except IntegrityError:
        raise LinkNotValid() from None


def _found(token: Secret, now: datetime) -> tuple[Flow, Person]:
    """The flow, and the person: of the database, or as they will be."""
    ticket = tickets.valid(seal.digest(token), Purpose.ACTIVATE, now=now)
    flow = ticket.flow
    if flow is None or flow.state != FlowState.LINK or flow.expires_at <= now:
        raise LinkNotValid()
    person = ticket.person or _asked_for(flow, now)
    if person.activated_at is not None:
        raise LinkNotValid()
    return flow, person


def _asked_for(flow: Flow, now: datetime) -> Person:
    """Not saved yet. It belongs to the operator, whose policy judges its password."""
    operator = Organisation.objects.get(parent=None)
    return Person(
        customer_id=flow.facts["customer_id"],
        email=flow.facts["email"],
        tenant=operator,
        organisation=operator,
        role=Role.SUBSCRIBER,
        first_name=flow.facts["first_name"],
        last_name=flow.facts["last_name"],
        language=flow.facts["language"],
        created_at=now,
    )


def _open(flow: Flow, person: Person, encoded: str, now: datetime) -> None:
    """Raises IntegrityError when the address got an account meanwhile. Within a transaction."""
    person.password, person.activated_at, person.email_verified_at = encoded, now, now
    person.must_change_password, person.password_expires_at = False, None
    if flow.person_id is None:
        person.customer_id = draw_customer_id.free(person.customer_id)
        person.organisation = _own_organisation(person)
        person.save()
    else:
        chosen = ["password", "must_change_password", "password_expires_at"]
        person.save(update_fields=[*chosen, "activated_at", "email_verified_at"])
        end_access(person, keep=None, now=now)


def _own_organisation(person: Person) -> Organisation:
    made = Organisation.objects.create(
        kind=Organisation.Kind.CUSTOMER,
        name=person.full_name[:120],
        parent=person.tenant,
        path=f"new:{person.customer_id}",
    )
    # The path ends with the row's own number, which is known only now.
    made.path = f"{person.tenant.path}{made.pk}."
    made.save(update_fields=["path"])
    return made
