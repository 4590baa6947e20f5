"""Which proofs are offered, in which order, and what people may call them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linekey.domain.factors import LONGEST_NAME, Factor, Means, latest, named, ways

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
EARLIER = NOW - timedelta(days=1)


def test_the_way_used_last_is_offered_first() -> None:
    assert ways({Factor.TOTP: NOW, Factor.KEY: EARLIER}, 0) == (Means.TOTP, Means.KEY)
    assert ways({Factor.TOTP: EARLIER, Factor.KEY: NOW}, 0) == (Means.KEY, Means.TOTP)


def test_a_way_never_used_comes_after_those_that_were() -> None:
    assert ways({Factor.TOTP: None, Factor.KEY: EARLIER}, 0) == (Means.KEY, Means.TOTP)
    assert ways({Factor.TOTP: EARLIER, Factor.KEY: None}, 0) == (Means.TOTP, Means.KEY)
    assert ways({Factor.TOTP: None, Factor.KEY: None}, 0) == (Means.KEY, Means.TOTP)


def test_recovery_codes_complete_a_factor_and_never_stand_first() -> None:
    assert ways({Factor.TOTP: None}, 3) == (Means.TOTP, Means.RECOVERY_CODE)
    assert ways({Factor.TOTP: None}, 0) == (Means.TOTP,)


def test_codes_without_a_factor_are_no_second_factor() -> None:
    assert ways({}, 10) == ()


def test_the_latest_of_several_devices_counts() -> None:
    assert latest([None, EARLIER, NOW, None]) == NOW
    assert latest([None]) is None


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Clé bleue", "Clé bleue"),
        ("  Clé\u00a0 bleue \n", "Clé bleue"),
        ("iPhone d’Ada 📱", "iPhone d’Ada 📱"),
        ("a\0b\x1b[31m", "ab[31m"),
        ("\u202egnihsihp", "gnihsihp"),
        ("x" * 100, "x" * 60),
        ("", "Application 1"),
        (" \t\u200b\ud800", "Application 1"),
    ],
)
def test_a_name_is_what_can_be_seen_of_it(typed: str, name: str) -> None:
    assert named(typed, "Application 1") == name


@given(st.text())
def test_every_name_is_one_line_of_one_to_sixty_characters(typed: str) -> None:
    name = named(typed, "Application 1")
    assert 1 <= len(name) <= LONGEST_NAME and name.isprintable() and name == name.strip()
