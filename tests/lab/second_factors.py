"""What the cast carries beside a password: an application on a phone, a key on a ring, a sheet of codes."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pyotp

from linekey.domain.factors import Means
from linekey.domain.secret import Secret
from linekey.records.models import Factor, Person
from linekey.usecases import enrol_factor, make_recovery_codes, sign_in
from linekey.usecases.prove_factor import KeyAnswer, TypedCode
from tests.build import PORTAL_PASSWORD, actor, visitor
from tests.hands import Hands
from tests.lab.authenticator import Authenticator

LONG_BEFORE = timedelta(hours=1)


@dataclass(frozen=True)
class App:
    """An authenticator application."""

    seed: Secret
    uid: str = ""

    @property
    def factor(self) -> Factor:
        return Factor.objects.get(uid=self.uid)

    def code(self, now: datetime) -> Secret:
        return Secret(pyotp.TOTP(self.seed.reveal()).at(now))


def add_app(person: Person, now: datetime, name: str = "Téléphone d’Ada") -> App:
    """Enrolled an hour before `now`."""
    then = now - LONG_BEFORE
    owner = actor(person, then)
    offer = enrol_factor.begin_totp(actor=owner, name=name, visitor=visitor(), now=then)
    code = App(offer.seed).code(then)
    enrol_factor.confirm_totp(actor=owner, reference=offer.flow, code=code, visitor=visitor(), now=then)
    return App(offer.seed, Factor.objects.filter(person=person).latest("pk").uid)


def add_key(
    person: Person, now: datetime, name: str = "Clé bleue", key: Authenticator | None = None, **switches: Any
) -> Authenticator:
    """Enrolled an hour before `now`."""
    key, then = key or Authenticator(**switches), now - LONG_BEFORE
    owner = actor(person, then)
    offer = enrol_factor.begin_key(actor=owner, visitor=visitor(), now=then)
    answer = key.create(offer.options)
    enrol_factor.confirm_key(
        actor=owner, reference=offer.flow, response=answer, name=name, visitor=visitor(), now=then
    )
    return key


def add_codes(person: Person, now: datetime) -> tuple[Secret, ...]:
    """A sheet in force, drawn an hour before `now`."""
    then = now - LONG_BEFORE
    sheet = make_recovery_codes.draw(actor=actor(person, then), now=then)
    make_recovery_codes.prove(actor=actor(person, then), typed=sheet[0], now=then)
    return sheet


def totp(code: Secret | str) -> TypedCode:
    return TypedCode(Means.TOTP, code if isinstance(code, Secret) else Secret(code))


def recovery(code: Secret | str) -> TypedCode:
    return TypedCode(Means.RECOVERY_CODE, code if isinstance(code, Secret) else Secret(code))


def sent(code: Secret | str, means: Means = Means.MAIL) -> TypedCode:
    return TypedCode(means, code if isinstance(code, Secret) else Secret(code))


def key_answer(key: Authenticator, options: dict[str, Any]) -> KeyAnswer:
    return KeyAnswer(key.get(options))


def asked_for_more(person: Person, now: datetime, browser: str = "ada's own browser") -> str:
    """The password was right: reference of the flow which asks for the rest."""
    wanted = sign_in.enter(
        identifier=person.customer_id, password=PORTAL_PASSWORD, visitor=visitor(browser), now=now
    )
    assert isinstance(wanted, sign_in.ProofWanted)
    return wanted.flow


def newest_code(hands: Hands) -> Secret:
    """The one which the newest mail holds."""
    found = re.findall(r"\b\d{6}\b", hands.mail.mails[-1].written.text)
    return Secret(found[0])


def wrong(code: Secret) -> Secret:
    """Six other digits."""
    return Secret(f"{(int(code.reveal()) + 1) % 1_000_000:06d}")
