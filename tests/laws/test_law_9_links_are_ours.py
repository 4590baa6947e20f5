"""Law 9: a link in a mail leads to the configured public address, whatever anybody sends us."""

import re
from collections.abc import Callable
from datetime import datetime
from html import unescape

import pytest
from pytest_django import Settings

from linekey import wiring
from linekey.delivery.letters import MESSAGES
from linekey.domain.secret import Secret
from linekey.records.models import Organisation, ServiceMail
from linekey.usecases import recover_account, rotate_credential, sign_in
from tests.build import GOOD_SIP_PASSWORD, PORTAL_PASSWORD, Cast, actor
from tests.hands import PUBLIC_URL, Hands, work

LINE, ACCESS = "0033972101010", "xdsl-ab12345-1"
SPOOFED = "https://evil.example/?x="


@pytest.fixture
def everything_was_told(cast: Cast, now: datetime, hands: Hands) -> Hands:
    """Every mail Linekey writes, provoked by people who put addresses where words belong."""
    cast.ada.first_name = SPOOFED
    cast.ada.save()
    ada, bruno = actor(cast.ada, now), actor(cast.bruno, now)
    ask: list[Callable[[], object]] = [
        lambda: sign_in.enter(
            identifier="ab12345-lk", password=PORTAL_PASSWORD, now=now, device=SPOOFED, address="evil.example"
        ),
        lambda: rotate_credential.send(actor=ada, reference=LINE, operation="a", now=now),
        lambda: rotate_credential.send(actor=ada, reference=ACCESS, operation="a", now=now),
        lambda: rotate_credential.change(
            actor=ada, reference=LINE, new=GOOD_SIP_PASSWORD, operation="b", now=now
        ),
        lambda: rotate_credential.reset(actor=ada, reference=ACCESS, operation="b", now=now),
        lambda: rotate_credential.retire(actor=bruno, reference=LINE, operation="c", now=now),
        lambda: rotate_credential.retire(actor=bruno, reference=ACCESS, operation="c", now=now),
        lambda: Organisation.objects.update(policy={}),
        lambda: rotate_credential.send(actor=ada, reference=ACCESS, operation="d", now=now),
        lambda: recover_account.ask(identifier="ab12345-lk", now=now),
    ]
    for happens in ask:
        happens()
        work(hands)
    token = hands.mail.mails[-1].written.text.partition("/mot-de-passe-perdu/")[2].split()[0]
    recover_account.finish(token=Secret(token), new=Secret("un canari jaune et bavard"), now=now)
    work(hands)
    return hands


def test_every_link_of_every_mail_leads_to_the_public_address(everything_was_told: Hands) -> None:
    assert set(ServiceMail.objects.values_list("message", flat=True)) == MESSAGES.keys()
    for mail in everything_was_told.mail.mails:
        links = re.findall(r"""href\s*=\s*["']?([^"' >]+)""", unescape(mail.written.html))
        assert links
        assert all(link == PUBLIC_URL or link.startswith((f"{PUBLIC_URL}/", "tel:")) for link in links), links
        for address in re.findall(r"https?://\S+", mail.written.text.replace(SPOOFED, "")):
            assert address.startswith(PUBLIC_URL)


def test_the_worker_speaks_with_the_public_address_of_the_settings(settings: Settings) -> None:
    settings.LINEKEY_PUBLIC_URL = "https://clients.example.net"
    settings.LINEKEY_ELEMENTS = "memory"
    outside = wiring.wire()
    assert outside.voice.public_url == "https://clients.example.net"
    assert outside.mail_host == "clients.example.net"
