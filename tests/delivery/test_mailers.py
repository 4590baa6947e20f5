"""What every mailer does, the real one and the one in memory: one contract for both."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from linekey.delivery.fakes import FakeMailer
from linekey.delivery.letters import Written
from linekey.domain.trouble import Rejected, Unreachable
from tests.delivery.post_office import OFFICES, Office

WRITTEN = Written(
    "Vos identifiants PPPoE", "Le mot de passe est « été ».\n", "<p>Le mot de passe est « été ».</p>"
)
EFFECT = "<6f1d.42@linekey.test>"


@pytest.fixture(params=list(OFFICES))
def office(request: pytest.FixtureRequest) -> Iterator[Office]:
    opened = OFFICES[request.param]()
    yield opened
    opened.close()


def test_a_mail_holds_the_text_first_and_the_same_in_html_last(office: Office) -> None:
    office.post.send(WRITTEN, "ada@example.test", EFFECT)
    [mail] = office.arrived()
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert [part.get_content().strip() for part in mail.iter_parts()] == [WRITTEN.text.strip(), WRITTEN.html]


def test_a_mail_says_who_sent_it_and_when_and_that_a_machine_did(office: Office) -> None:
    office.post.send(WRITTEN, "ada@example.test", EFFECT)
    [mail] = office.arrived()
    assert mail["From"] == "Linekey Télécom <ne-pas-repondre@linekey.test>"
    assert mail["To"] == "ada@example.test"
    assert mail["Subject"] == "Vos identifiants PPPoE"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert datetime.now(UTC) - mail["Date"].datetime < timedelta(minutes=1)


def test_the_same_effect_sent_twice_can_be_recognised(office: Office) -> None:
    for _ in range(2):
        office.post.send(WRITTEN, "ada@example.test", EFFECT)
    assert [mail["Message-ID"] for mail in office.arrived()] == [EFFECT, EFFECT]


def test_a_long_message_id_travels_unbroken(office: Office) -> None:
    long = f"<{'a' * 90}.{'9' * 10}@linekey.test>"
    office.post.send(WRITTEN, "ada@example.test", long)
    assert [mail["Message-ID"] for mail in office.arrived()] == [long]


def test_a_mail_server_that_is_down_is_asked_again_later(office: Office) -> None:
    office.close()
    with pytest.raises(Unreachable):
        office.post.send(WRITTEN, "ada@example.test", EFFECT)


def test_a_recipient_nobody_knows_stops(office: Office) -> None:
    office.refuse()
    with pytest.raises(Rejected, match="550"):
        office.post.send(WRITTEN, "ada@example.test", EFFECT)
    assert office.arrived() == []


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "ada@example.test\r\nBcc: eve@example.test",
        "ada@example.test\nSubject: hello",
        "ada@example.test, eve@example.test",
        "Ada <ada@example.test>",
        "ada@example.test\x00",
        "ada@exa mple.test",
        f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 63}.test",
    ],
)
def test_an_address_which_is_not_one_mailbox_is_refused(office: Office, address: str) -> None:
    with pytest.raises(Rejected):
        office.post.send(WRITTEN, address, EFFECT)
    assert office.arrived() == []


def test_a_domain_with_accents_travels_in_ascii(office: Office) -> None:
    office.post.send(WRITTEN, "ada@société.test", EFFECT)
    assert [mail["To"] for mail in office.arrived()] == ["ada@xn--socit-esab.test"]


def test_an_identifier_which_could_hold_a_header_is_a_bug(office: Office) -> None:
    with pytest.raises(ValueError, match="Message-ID"):
        office.post.send(WRITTEN, "ada@example.test", "<a@b>\r\nBcc: eve@example.test")


def test_a_working_mail_server_is_found_good(office: Office) -> None:
    findings = office.post.health()
    assert findings
    assert all(finding["good"] and finding["detail"] and not finding["remedy"] for finding in findings)
    assert all(finding.keys() == {"check", "good", "detail", "remedy"} for finding in findings)
    assert office.arrived() == []


def test_a_dead_mail_server_is_found_out_and_comes_with_a_remedy(office: Office) -> None:
    office.close()
    [finding] = office.post.health()
    assert finding["check"] == "reachable"
    assert not finding["good"]
    assert finding["remedy"]


def test_the_mailer_in_memory_shows_the_newest_mail_to_somebody() -> None:
    fake = FakeMailer()
    for address, subject in [
        ("ada@example.test", "first"),
        ("ada@example.test", "second"),
        ("eve@example.test", "third"),
    ]:
        fake.send(Written(subject, "text", "html"), address, EFFECT)
    newest = fake.newest_to("ada@example.test")
    assert newest is not None
    assert repr(newest) == "Mail('ada@example.test', 'second')"
    assert fake.newest_to("bruno@example.test") is None
