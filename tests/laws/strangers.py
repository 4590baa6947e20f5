"""Accounts in every state a stranger could want to know of, and what they type at each."""

from dataclasses import dataclass
from datetime import datetime

from linekey.domain.access import Role
from linekey.domain.errors import Refusal
from linekey.domain.flows import Visitor
from linekey.domain.secret import Secret
from linekey.records.models import AuditEntry, OutboxEffect, Person, Tally
from linekey.usecases import sign_in
from tests.build import PORTAL_PASSWORD, Cast, person, visitor

WRONG = Secret("ce n'est pas la bonne phrase")
ELSEWHERE = visitor("somebody's browser", "203.0.113.200")
STRANGE = {
    "nothing typed": "",
    "NUL": "ab12345-lk\0",
    "ten thousand letters": "a" * 10_000,
    "header injection": "ada.lemoine@example.org\r\nBcc: eve@example.org",
    "two at signs": "ada@lemoine@example.org",
    "another script": "föö@münchen.de",
    "a letter that looks alike": "аb12345-lk",
    "wildcards": "%",
    "SQL": "' OR 1=1 --",
    "an extension of nobody": "+33184780117 x117",
}


@dataclass(frozen=True)
class Typed:
    identifier: str
    password: Secret


def build(cast: Cast, now: datetime) -> dict[str, Typed]:
    """What a stranger types, by the state of the account behind it and the way it is spelled."""
    spelled: dict[str, Typed] = {name: Typed(text, PORTAL_PASSWORD) for name, text in STRANGE.items()}
    states = {
        "known": WRONG,
        "disabled": PORTAL_PASSWORD,
        "disabled, password wrong": WRONG,
        "locked": PORTAL_PASSWORD,
        "locked, password wrong": WRONG,
        "not activated": PORTAL_PASSWORD,
        "no password": PORTAL_PASSWORD,
        "shared": PORTAL_PASSWORD,
        "shared, password wrong": WRONG,
    }
    for number, (state, password) in enumerate(states.items()):
        somebody = _somebody(cast, now, number)
        change_to(somebody, state, cast, now)
        for spelling, identifier in ways_to_say(somebody).items():
            # A customer ID is unique: nobody shares one.
            if not (state.startswith("shared") and spelling == "customer ID"):
                spelled[f"{state}, by {spelling}"] = Typed(identifier, password)
    for spelling, identifier in (
        ("customer ID", "zz99999-lk"),
        ("e-mail", "nobody@example.org"),
        ("phone", "+33699999999"),
    ):
        spelled[f"unknown, by {spelling}"] = Typed(identifier, PORTAL_PASSWORD)
    forget()
    return spelled


def ways_to_say(somebody: Person) -> dict[str, str]:
    return {"customer ID": somebody.customer_id, "e-mail": somebody.email, "phone": somebody.phone}


def _somebody(cast: Cast, now: datetime, number: int, *, tenant: str = "reseller") -> Person:
    made = person(
        f"zy{number:05d}-lk",
        f"Zoe{number}",
        "Zola",
        Role.SUBSCRIBER,
        cast.lumen,
        getattr(cast, tenant),
        now,
    )
    Person.objects.filter(pk=made.pk).update(phone=f"+3369900{number:04d}")
    made.refresh_from_db()
    return made


def change_to(somebody: Person, state: str, cast: Cast, now: datetime) -> None:
    changes = Person.objects.filter(pk=somebody.pk)
    if state.startswith("disabled"):
        changes.update(is_active=False, disabled_for=Person.DisabledFor.PAYMENT)
    elif state == "not activated":
        changes.update(activated_at=None)
    elif state == "no password":
        changes.update(password="!unusable")
    elif state.startswith("locked"):
        # By a spelling that nobody types any more, so that what is typed is not shut itself.
        changes.update(email="former@example.org")
        lock("former@example.org", now)
        changes.update(email=somebody.email)
    elif state.startswith("shared"):
        twin = _somebody(cast, now, 1000 + somebody.pk, tenant="operator")
        Person.objects.filter(pk=twin.pk).update(email=somebody.email, phone=somebody.phone)


def lock(identifier: str, now: datetime, who: Visitor = ELSEWHERE) -> None:
    for _ in range(10):
        refused(Typed(identifier, WRONG), now, who)
    # The network that did it is another story.
    Tally.objects.filter(key__startswith="network:").delete()


def refused(typed: Typed, now: datetime, who: Visitor = ELSEWHERE) -> Refusal:
    """How the attempt was refused; an error when it was not."""
    try:
        sign_in.enter(identifier=typed.identifier, password=typed.password, visitor=who, now=now)
    except Refusal as refusal:
        return refusal
    raise AssertionError(f"{typed.identifier} got in")


def from_network(number: int) -> Visitor:
    return visitor(f"browser {number}", f"10.{number // 250}.{number % 250}.7")


def forget() -> None:
    """What happened so far: tests count from here."""
    AuditEntry.objects.all().delete()
    OutboxEffect.objects.all().delete()
