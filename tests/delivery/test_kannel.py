"""The real Kannel: what it takes, refuses and keeps for later, and what its logs hold of a code."""

import time

import pytest

from linekey.delivery.texts import LONGEST_TEXT
from linekey.domain.trouble import Rejected, Unreachable
from tests.lab.kannel import KannelInLab, Segment

pytestmark = pytest.mark.real

ADA = "+33612345678"
CODE = "482913"
TEXT = f"Linekey : votre code est {CODE}, à saisir sous 10 minutes (5 € le SMS en roaming)."
EFFECT = "6f1d.42"


def came(kannel: KannelInLab, before: int, parts: int = 1) -> list[Segment]:
    segments = kannel.arrived(parts, before)
    assert {(segment.sender, segment.number) for segment in segments} == {("Linekey", ADA)}
    return segments


def test_a_wrong_password_stops_and_the_doctor_can_name_it(kannel: KannelInLab) -> None:
    gateway = kannel.gateway(password="wrong")
    with pytest.raises(Rejected, match="403 Authorization failed for sendsms"):
        gateway.send(TEXT, ADA, EFFECT)
    findings = {finding["check"]: finding["good"] for finding in gateway.health()}
    assert findings == {"reachable": True, "encryption": True, "credentials": False}


def test_another_address_on_kannel_is_no_sendsms(kannel: KannelInLab) -> None:
    gateway = kannel.gateway(url=f"http://127.0.0.1:{kannel.sms_port}/sendsms")
    with pytest.raises(Rejected, match="404 Unknown request"):
        gateway.send(TEXT, ADA, EFFECT)
    assert [finding["good"] for finding in gateway.health()] == [False]


def test_while_the_mobile_network_is_away_kannel_keeps_a_text_and_brings_it_later(
    kannel: KannelInLab,
) -> None:
    before = len(kannel.segments())
    kannel.disconnect()
    try:
        kannel.gateway().send(TEXT, ADA, EFFECT)
        assert all(finding["good"] for finding in kannel.gateway().health())
        assert len(kannel.segments()) == before
    finally:
        kannel.network.start()
    assert [segment.text for segment in came(kannel, before)] == [TEXT]


def test_a_kannel_that_hangs_is_asked_again_later_and_not_waited_for(kannel: KannelInLab) -> None:
    before = len(kannel.segments())
    began = time.monotonic()
    with kannel.frozen():
        with pytest.raises(Unreachable, match="TimeoutError"):
            kannel.gateway(timeout=0.3).send(TEXT, ADA, EFFECT)
        assert time.monotonic() - began < 2
    # It had the text all along: this is how one may arrive twice.
    assert [segment.text for segment in came(kannel, before)] == [TEXT]


@pytest.mark.parametrize(
    ("letter", "parts", "encoding"), [("é", 4, "utf-8"), ("\N{GRINNING FACE}", 15, "utf-16-be")]
)
def test_the_longest_text_arrives_whole_in_parts(
    kannel: KannelInLab, letter: str, parts: int, encoding: str
) -> None:
    before = len(kannel.segments())
    kannel.gateway().send(letter * LONGEST_TEXT, ADA, EFFECT)
    segments = came(kannel, before, parts)
    assert [(segment.header[4], segment.header[5]) for segment in segments] == [
        (parts, part) for part in range(1, parts + 1)
    ]
    whole = b"".join(segment.content for segment in segments)
    assert whole.decode(encoding) == letter * LONGEST_TEXT


def test_at_the_level_we_advise_its_logs_hold_neither_code_nor_password(kannel: KannelInLab) -> None:
    before = len(kannel.segments())
    gateway = kannel.gateway()
    gateway.health()
    gateway.send(TEXT, ADA, EFFECT)
    came(kannel, before)
    for box in (kannel.bearerbox, kannel.smsbox):
        kept = box.log.read_text()
        assert CODE not in kept and gateway.password not in kept
