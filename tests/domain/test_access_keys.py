"""Access keys: what may be asked for, and how a range is compared."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linekey.domain import access_keys
from linekey.domain.access import Scope
from linekey.domain.errors import Malformed
from linekey.domain.networks import within


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("203.0.113.7", "203.0.113.7/32"),
        ("203.0.113.7/24", "203.0.113.0/24"),
        (" 203.0.113.0/24 ", "203.0.113.0/24"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("2001:DB8::1", "2001:db8::1/128"),
        ("2001:db8::/32", "2001:db8::/32"),
        ("::/0", "::/0"),
        ("::ffff:203.0.113.7", "203.0.113.7/32"),
        ("::ffff:203.0.113.0/120", "203.0.113.0/24"),
        ("::ffff:0:0/96", "0.0.0.0/0"),
        ("::ffff:0:0/90", "::ffc0:0:0/90"),
    ],
)
def test_a_range_is_kept_as_it_will_be_compared(typed: str, kept: str) -> None:
    assert access_keys.require_networks([typed]) == [kept]


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "office",
        "203.0.113",
        "203.0.113.7/33",
        "203.0.113.0-9",
        "fe80::1%eth0",
        "fe80::%1/64",
        "1",
        "\0",
    ],
)
def test_what_is_no_range_is_refused_by_name(typed: str) -> None:
    with pytest.raises(Malformed) as refusal:
        access_keys.require_networks(["203.0.113.0/24", typed])
    assert refusal.value.values["field"] == "networks"


def test_twenty_ranges_are_enough_and_one_said_twice_counts_once() -> None:
    ranges = [f"203.0.113.{last}" for last in range(20)]
    assert len(access_keys.require_networks([*ranges, "203.0.113.7/32"])) == 20
    with pytest.raises(Malformed):
        access_keys.require_networks([*ranges, "203.0.113.20"])


@given(st.ip_addresses())
def test_every_address_is_within_the_range_made_of_it(address: object) -> None:
    assert within(str(address), access_keys.require_networks([str(address)]))


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("Sauvegarde de nuit", True),
        ("x", True),
        ("é" * 60, True),
        ("é" * 61, False),
        ("", False),
        ("   ", False),
        ("two\nlines", False),
        ("a\0b", False),
        ("\u202egpj.exe", False),
    ],
)
def test_a_name_is_one_line_that_can_be_read(name: str, good: bool) -> None:
    if good:
        assert access_keys.require_name(f" {name} ") == name
    else:
        with pytest.raises(Malformed) as refusal:
            access_keys.require_name(name)
        assert refusal.value.values["field"] == "name"


def test_a_key_that_may_do_nothing_is_refused() -> None:
    with pytest.raises(Malformed):
        access_keys.require_scopes(frozenset())
    assert access_keys.require_scopes(frozenset(Scope)) == [scope.value for scope in Scope]
    assert access_keys.require_scopes({Scope.CREDENTIALS}) == ["credentials"]


def test_an_end_lies_ahead_or_nowhere(now: datetime) -> None:
    access_keys.require_future(None, now)
    access_keys.require_future(now + timedelta(microseconds=1), now)
    with pytest.raises(Malformed) as refusal:
        access_keys.require_future(now, now)
    assert refusal.value.values["field"] == "expires_at"


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("LKAK7Q2M7XVB4TRD2A5C", True),
        ("LKAK7Q2M7XVB4TRD2A5", False),
        ("LKAK7Q2M7XVB4TRD2A5C\n", False),
        ("lkak7q2m7xvb4trd2a5c", False),
        ("LKAK1Q2M7XVB4TRD2A5C", False),
        ("", False),
        ("LKAK" + "\0" * 16, False),
    ],
)
def test_a_key_id_is_known_by_its_form(text: str, good: bool) -> None:
    assert access_keys.is_key_id(text) is good
