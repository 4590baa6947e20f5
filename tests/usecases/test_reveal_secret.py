"""A one-time link: it promises before it opens, then draws a secret and shows it once (NEW-5)."""

from datetime import datetime

import pytest
from django.utils import timezone

from linekey.domain.errors import LinkNotValid, ServiceNotActive
from linekey.domain.secret import Secret
from linekey.records.models import AuditEntry, CredentialVersion, Service
from linekey.usecases import reveal_secret, rotate_credential
from tests.build import GOOD_SIP_PASSWORD, Cast, actor
from tests.hands import Hands, work


@pytest.fixture
def token(cast: Cast, now: datetime, hands: Hands) -> Secret:
    """Chen sends Ada a link to her line."""
    rotate_credential.send(actor=actor(cast.chen, now), reference=cast.line.reference, operation="a", now=now)
    work(hands)
    return Secret(hands.mail.mails[0].written.text.partition("/lien/")[2].split()[0])


def test_it_says_what_opening_will_do_before_anybody_presses(cast: Cast, token: Secret) -> None:
    promise = reveal_secret.look(token=token, now=timezone.now())
    assert (promise.reference, promise.kind) == (cast.line.reference, "sip_line")
    assert promise.customer_id == "ab12345-lk" and promise.name == cast.line.name
    assert promise.expires_at > timezone.now() and not CredentialVersion.objects.exists()


def test_opening_draws_a_secret_that_works(cast: Cast, token: Secret, hands: Hands) -> None:
    receipt = reveal_secret.open_link(token=token, now=timezone.now())
    work(hands)
    assert receipt.shown_once is not None and hands.registers(cast.line, receipt.shown_once.reveal())
    entry = AuditEntry.objects.get(action="credential.reset")
    assert (entry.actor_id, entry.door) == (cast.ada.pk, "link")


def test_a_service_suspended_meanwhile_refuses_and_the_link_is_not_used_up(cast: Cast, token: Secret) -> None:
    Service.objects.update(state="suspended")
    with pytest.raises(ServiceNotActive):
        reveal_secret.open_link(token=token, now=timezone.now())
    Service.objects.update(state="active")
    assert reveal_secret.open_link(token=token, now=timezone.now()).shown_once is not None


def test_a_service_that_changed_hands_is_no_longer_opened(cast: Cast, token: Secret) -> None:
    cast.line.owner = cast.bruno
    cast.line.save()
    with pytest.raises(LinkNotValid):
        reveal_secret.open_link(token=token, now=timezone.now())
    assert not CredentialVersion.objects.exists()


def test_a_link_dies_when_the_secret_is_changed_by_another_way(
    cast: Cast, now: datetime, token: Secret
) -> None:
    rotate_credential.change(
        actor=actor(cast.ada), reference=cast.line.reference, new=GOOD_SIP_PASSWORD, operation="b", now=now
    )
    with pytest.raises(LinkNotValid):
        reveal_secret.open_link(token=token, now=timezone.now())
