"""A new internet access is opened and its first credentials go to its contact (PPP-1)."""

from dataclasses import replace
from datetime import datetime

import pytest

from linekey.domain.errors import Malformed, NotAllowed, NotFound, StepUpNeeded
from linekey.records.models import AuditEntry, Service
from linekey.usecases.deliver_access import NewAccess, deliver
from tests.build import ACCESS_SERVER, Cast, actor
from tests.hands import Hands, work

NEW = NewAccess(
    reference="xdsl-ab12345-2",
    name="Internet de l'atelier",
    login="ab12345002@linekey.adsl",
    element=ACCESS_SERVER,
    technology="ftth",
    owner="ab12345-lk",
)


def test_the_first_credentials_are_sent_and_work(cast: Cast, now: datetime, hands: Hands) -> None:
    receipt = deliver(actor=actor(cast.chen, now), new=NEW, operation="o", now=now)
    work(hands)
    access = Service.objects.get(reference=NEW.reference)
    assert (access.owner_id, access.path, access.ppp.login) == (cast.ada.pk, cast.lumen.path, NEW.login)
    words = hands.mail.mails[0].written.text.split()
    assert any(hands.logs_in(access, word) for word in words)
    assert receipt.shown_once is None and receipt.version == 1
    assert AuditEntry.objects.get(action="service.open").facts == {"login": NEW.login}


def test_ordered_twice_is_opened_once_and_sent_once(cast: Cast, now: datetime, hands: Hands) -> None:
    chen = actor(cast.chen, now)
    receipts = [deliver(actor=chen, new=NEW, operation="o", now=now) for _ in range(2)]
    work(hands)
    assert receipts[0] == receipts[1] and len(hands.mail.mails) == 1


def test_a_reference_somebody_has_is_refused(cast: Cast, now: datetime) -> None:
    for taken in (cast.eves_access.reference, cast.licence.reference):
        with pytest.raises(Malformed) as refusal:
            deliver(actor=actor(cast.chen, now), new=replace(NEW, reference=taken), operation="o", now=now)
        assert refusal.value.values["field"] == "reference"


def test_a_login_somebody_has_is_refused(cast: Cast, now: datetime) -> None:
    """A login never changes and is never shared (PPP-2)."""
    with pytest.raises(Malformed) as refusal:
        deliver(
            actor=actor(cast.chen, now), new=replace(NEW, login=cast.access.ppp.login), operation="o", now=now
        )
    assert refusal.value.values["field"] == "login"
    assert not Service.objects.filter(reference=NEW.reference).exists()


@pytest.mark.parametrize("owner", ["ev67890-lk", "dh45678-lk", "nobody-lk"])
def test_a_contact_the_reseller_cannot_see_is_unknown(cast: Cast, now: datetime, owner: str) -> None:
    with pytest.raises(NotFound):
        deliver(actor=actor(cast.chen, now), new=replace(NEW, owner=owner), operation="o", now=now)


def test_support_and_customers_open_nothing(cast: Cast, now: datetime) -> None:
    for person in (cast.ada, cast.bruno, cast.dina):
        with pytest.raises(NotAllowed):
            deliver(actor=actor(person, now), new=NEW, operation="o", now=now)
    with pytest.raises(StepUpNeeded):
        deliver(actor=actor(cast.olivia), new=NEW, operation="o", now=now)
