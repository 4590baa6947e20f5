"""What every SMS gateway does, the real one and the one in memory: one contract for all."""

from collections.abc import Iterator

import pytest

from linekey.delivery.fakes import FakeSms
from linekey.domain.trouble import Rejected, Unreachable
from tests.delivery.sms_office import OFFICES, Arrival, SmsOffice

ADA = "+33612345678"
TEXT = "Linekey : votre code est 482913. Il est valable 10 minutes."
EFFECT = "6f1d.42"


@pytest.fixture(params=["memory", "told", pytest.param("kannel", marks=pytest.mark.real)])
def office(request: pytest.FixtureRequest) -> Iterator[SmsOffice]:
    opened = OFFICES[request.param](request)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        "Clé 482913 : 5 € à régler, où ça ? {a}[b]~^|\\ ÆØÅ",
        "Código 482913, même à Œuvre «\N{NO-BREAK SPACE}été\N{NO-BREAK SPACE}»",
        "\N{KEY} 482913 & 50% + \N{GRINNING FACE}",
        " with blanks at both ends ",
    ],
)
def test_a_text_arrives_as_it_was_written_at_the_right_phone_from_us(office: SmsOffice, text: str) -> None:
    office.post.send(text, ADA, EFFECT)
    assert office.arrived(1) == [Arrival("Linekey", ADA, text)]


def test_the_same_effect_sent_twice_arrives_twice(office: SmsOffice) -> None:
    for _ in range(2):
        office.post.send(TEXT, ADA, EFFECT)
    assert office.arrived(2) == [Arrival("Linekey", ADA, TEXT)] * 2


def test_a_gateway_that_is_down_is_asked_again_later(office: SmsOffice) -> None:
    office.down()
    with pytest.raises(Unreachable):
        office.post.send(TEXT, ADA, EFFECT)


def test_a_text_the_gateway_refuses_stops(office: SmsOffice) -> None:
    office.refuse()
    with pytest.raises(Rejected, match="403"):
        office.post.send(TEXT, ADA, EFFECT)
    assert office.arrived(0) == []


@pytest.mark.parametrize(
    "number",
    [
        "",
        "0612345678",
        "33612345678",
        "+0612345678",
        "+33 6 12 34 56 78",
        "+33612345678,+33612345679",
        "+33612345678 +33612345679",
        "+33612345678\n",
        "+33612345678\x00",
        "+33612345678&username=eve",
        "+٣٣٦١٢٣٤٥٦٧٨",
        "+1234567890123456",
        "+33612",
    ],
)
def test_a_number_which_is_not_one_phone_is_refused_before_anybody_is_asked(
    office: SmsOffice, number: str
) -> None:
    office.down()
    with pytest.raises(Rejected, match="number"):
        office.post.send(TEXT, number, EFFECT)


@pytest.mark.parametrize("text", ["", " \n", "a" * 481, "482913\x00", "482913\r\n", "\x1b[2J", "\ud83d"])
def test_a_text_which_cannot_be_written_is_refused_before_anybody_is_asked(
    office: SmsOffice, text: str
) -> None:
    office.down()
    with pytest.raises(Rejected, match="text"):
        office.post.send(text, ADA, EFFECT)


@pytest.mark.parametrize("reference", ["", "a b", "a\n", "[a]", "é", "a" * 65])
def test_a_reference_which_could_forge_a_line_of_a_log_is_a_bug(office: SmsOffice, reference: str) -> None:
    with pytest.raises(ValueError, match="reference"):
        office.post.send(TEXT, ADA, reference)


def test_no_trouble_tells_the_text_or_the_phone(
    office: SmsOffice, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    office.refuse()
    with caplog.at_level("DEBUG"), pytest.raises(Rejected) as refused:
        office.post.send(TEXT, ADA, EFFECT)
    office.down()
    with caplog.at_level("DEBUG"), pytest.raises((Unreachable, Rejected)) as away:
        office.post.send(TEXT, ADA, EFFECT)
    told = f"{refused.value!r} {away.value!r} {caplog.text} {capfd.readouterr()} {office.post.health()}"
    assert "482913" not in told and "612345678" not in told


def test_a_working_gateway_is_found_good_and_nothing_is_sent(office: SmsOffice) -> None:
    for _ in range(2):
        findings = office.post.health()
        assert findings
        assert all(finding["good"] and finding["detail"] and not finding["remedy"] for finding in findings)
        assert all(finding.keys() == {"check", "good", "detail", "remedy"} for finding in findings)
    assert office.arrived(0) == []


def test_a_dead_gateway_is_found_out_and_comes_with_a_remedy(office: SmsOffice) -> None:
    office.down()
    [finding] = office.post.health()
    assert finding["check"] == "reachable"
    assert not finding["good"]
    assert finding["remedy"]


def test_the_gateway_in_memory_shows_the_newest_text_to_a_phone_and_hides_its_words() -> None:
    fake = FakeSms()
    for number, text in [(ADA, "first"), (ADA, "second 482913"), ("+33700000000", "third")]:
        fake.send(text, number, EFFECT)
    newest = fake.newest_to(ADA)
    assert newest is not None
    assert (newest.text, newest.reference) == ("second 482913", EFFECT)
    assert "482913" not in repr(newest) and ADA in repr(newest)
    assert fake.newest_to("+33799999999") is None
