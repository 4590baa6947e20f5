"""What a handset asks for, when it is given a password, what about it is not as it should be (SIP-6)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from linekey.domain import phones, phones_care
from linekey.domain.errors import Malformed
from linekey.domain.phones import VENDORS, Configuration, Settings, SipServer, TokenKind
from linekey.domain.phones_care import Drift, Facts, Why
from linekey.domain.secret import Secret

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
QUARTER = timedelta(days=90)
WELL = Facts(
    vendor="yealink",
    given_at=NOW - timedelta(days=40),
    asked_at=None,
    fetched_at=NOW - timedelta(hours=5),
    drawn_version=3,
    drawn_at=NOW - timedelta(days=30),
    newest_version=3,
    retired=False,
    used=True,
    settings="d",
    settings_now="d",
    agent="Yealink SIP-T46U 108.86.0.20 00:15:65:aa:bb:cc",
    registered=("Yealink SIP-T46U 108.86.0.20",),
)


def _drawn(facts: Facts, token: TokenKind = TokenKind.STEADY) -> Why | None:
    return phones_care.draws(facts, token, QUARTER, NOW)


def test_a_handset_which_only_polls_keeps_its_password() -> None:
    assert _drawn(WELL) is None


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        (replace(WELL, asked_at=NOW), Why.ASKED),
        (replace(WELL, newest_version=4), Why.OTHER),
        (replace(WELL, drawn_at=None), Why.OTHER),
        (replace(WELL, used=False), Why.UNUSED),
        (replace(WELL, used=False, drawn_at=NOW - timedelta(minutes=1)), None),
        (replace(WELL, drawn_at=NOW - QUARTER), Why.AGE),
    ],
)
def test_a_new_password_is_drawn_for_a_reason(facts: Facts, why: Why | None) -> None:
    assert _drawn(facts) is why


def test_the_first_access_always_draws_one() -> None:
    assert _drawn(WELL, TokenKind.FIRST) is Why.FIRST


@pytest.mark.parametrize("token", TokenKind)
def test_a_handset_never_reopens_a_line_that_was_retired(token: TokenKind) -> None:
    assert _drawn(replace(WELL, retired=True, newest_version=4), token) is None


def test_nothing_is_said_of_a_handset_that_is_well() -> None:
    assert phones_care.drifts(WELL, NOW) == ()


@pytest.mark.parametrize(
    ("facts", "drift"),
    [
        (replace(WELL, registered=("Yealink SIP-T46U", "friendly-scanner")), Drift.STRANGER),
        (replace(WELL, newest_version=4), Drift.OTHER),
        (replace(WELL, used=False), Drift.UNUSED),
        (replace(WELL, asked_at=NOW - timedelta(days=3)), Drift.LATE),
        (replace(WELL, fetched_at=None, drawn_at=None, drawn_version=None), Drift.NEVER_CAME),
        (replace(WELL, settings_now="e"), Drift.SETTINGS),
        (replace(WELL, agent="curl/8.1"), Drift.AGENT),
    ],
)
def test_what_is_not_as_it_was_set_up_is_named(facts: Facts, drift: Drift) -> None:
    assert phones_care.drifts(facts, NOW) == (drift,)


def test_a_moment_is_given_before_anything_is_said() -> None:
    just_drawn = replace(WELL, used=False, drawn_at=NOW, registered=("old phone",))
    just_given = replace(WELL, given_at=NOW, fetched_at=None, drawn_at=None, drawn_version=None)
    asked = replace(WELL, asked_at=NOW, newest_version=4)
    retired = replace(WELL, retired=True, newest_version=4)
    assert [phones_care.drifts(facts, NOW) for facts in (just_drawn, just_given, asked, retired)] == [()] * 4


@pytest.mark.parametrize(
    "typed",
    ["00:15:65:AA:BB:CC", "00-15-65-aa-bb-cc", "0015.65aa.bbcc", " 001565AABBCC ", "00 15 65 aa bb cc"],
)
def test_a_mac_address_is_read_however_it_is_printed(typed: str) -> None:
    assert phones.require_mac(typed, VENDORS["yealink"]) == "001565aabbcc"


@pytest.mark.parametrize(
    "typed", ["", "00:15:65:AA:BB", "00:15:65:AA:BB:CG", "٠٠١٥٦٥aabbcc", "001565aabbcc\0", "x" * 99]
)
def test_what_is_no_mac_address_is_refused(typed: str) -> None:
    with pytest.raises(Malformed):
        phones.require_mac(typed, VENDORS["yealink"])


def test_a_softphone_has_no_mac_address() -> None:
    assert phones.require_mac("  ", VENDORS["linphone"]) == ""
    with pytest.raises(Malformed):
        phones.require_mac("001565aabbcc", VENDORS["linphone"])


def test_a_make_and_a_model_are_one_line_each() -> None:
    assert phones.require_vendor("snom") is VENDORS["snom"]
    assert phones.require_model(" D785 ") == "D785"
    with pytest.raises(Malformed):
        phones.require_vendor("nokia")
    for typed in ("", " ", "D785\nuser_pass = 1", "x" * 41):
        with pytest.raises(Malformed):
            phones.require_model(typed)


def test_each_make_asks_for_its_own_file_in_any_case() -> None:
    files = {code: phones.file_of(vendor, "001565aabbcc") for code, vendor in VENDORS.items()}
    assert files["yealink"] == "001565aabbcc.cfg"
    assert files["snom"] == "001565AABBCC.xml"
    assert files["grandstream"] == "cfg001565aabbcc.xml"
    assert phones.is_its_file(VENDORS["yealink"], "001565aabbcc", "001565AABBCC.cfg")
    assert not phones.is_its_file(VENDORS["yealink"], "001565aabbcc", "001565aabbcd.cfg")
    assert not phones.is_its_file(VENDORS["yealink"], "001565aabbcc", "y000000000108.cfg")


@pytest.mark.parametrize(
    ("server", "transports", "found"),
    [
        ("sip.example.fr:5061", ["TLS", "UDP"], SipServer("sip.example.fr", 5061, "tls")),
        ("sip.example.fr", [], SipServer("sip.example.fr", 5060, "udp")),
        ("sip.example.fr:http", ["WSS", "TCP"], SipServer("sip.example.fr:http", 5060, "tcp")),
    ],
)
def test_where_to_register_is_read_from_what_the_sheet_tells(
    server: str, transports: list[str], found: SipServer
) -> None:
    assert SipServer.of(server, transports) == found


def test_the_address_of_a_configuration_is_a_secret() -> None:
    settings = Settings("linphone", "", "Ada", "", "u", "r", SipServer("h", 5060, "udp"))
    folder = phones.folder_of("https://desk.example", Secret("token"))
    assert Configuration(settings).address is None
    told = Configuration(settings, folder=folder)
    assert told.address == Secret("https://desk.example/provision/token/linphone.xml")
    assert "token" not in repr(told)
