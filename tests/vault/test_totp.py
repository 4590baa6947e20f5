"""Codes of authenticator applications, as RFC 6238 has them."""

from base64 import b32encode
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from linekey.domain.secret import Secret
from linekey.vault import totp
from linekey.vault.seal import seal

PLACE = "factor:1"
SEED = Secret(b32encode(b"12345678901234567890").decode())
NOW = datetime(2026, 3, 2, 9, 30, 10, tzinfo=UTC)
STEP = timedelta(seconds=totp.STEP)

# RFC 6238, appendix B, SHA-1: the last six of its eight digits.
VECTORS = {
    59: "287082",
    1111111109: "081804",
    1111111111: "050471",
    1234567890: "005924",
    2000000000: "279037",
}
VECTORS |= {20000000000: "353130"}


def sealed(seed: Secret = SEED) -> bytes:
    return seal(seed.reveal().encode(), PLACE)


def counter_of(code: str, now: datetime, after: int | None = None) -> int | None:
    return totp.matching_counter(sealed(), PLACE, code, after=after, now=now)


def code_at(now: datetime) -> str:
    return pyotp.TOTP(SEED.reveal()).at(now)


@pytest.mark.parametrize(("seconds", "code"), VECTORS.items())
def test_the_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert counter_of(code, datetime.fromtimestamp(seconds, UTC)) == seconds // 30


def test_one_code_in_ten_begins_with_zero_and_is_taken() -> None:
    assert counter_of("005924", datetime.fromtimestamp(1234567890, UTC)) is not None
    assert counter_of("5924", datetime.fromtimestamp(1234567890, UTC)) is None


@pytest.mark.parametrize(("steps", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_wrong_by_one_step_and_not_by_two(steps: int, taken: bool) -> None:
    assert (counter_of(code_at(NOW + steps * STEP), NOW) is not None) is taken


@pytest.mark.parametrize("offset", range(0, 30, 7))
@pytest.mark.parametrize("later", [0, 1, 29, 30, 59])
def test_a_code_once_taken_is_never_taken_again_in_any_window(offset: int, later: int) -> None:
    first = NOW + timedelta(seconds=offset)
    taken = counter_of(code_at(first), first)
    assert taken is not None
    assert counter_of(code_at(first), first + timedelta(seconds=later), after=taken) is None


def test_a_code_older_than_the_last_one_is_refused_though_nobody_used_it() -> None:
    taken = counter_of(code_at(NOW), NOW)
    assert counter_of(code_at(NOW - STEP), NOW, after=taken) is None
    assert counter_of(code_at(NOW + STEP), NOW, after=taken) is not None


@pytest.mark.parametrize("code", ["", "1", "0000000", "abcdef", "é" * 6])
def test_what_is_no_code_matches_nothing(code: str) -> None:
    assert counter_of(code, NOW) is None


def test_a_seed_is_160_bits_and_never_the_same() -> None:
    seeds = {totp.new_seed().reveal() for _ in range(1000)}
    assert len(seeds) == 1000 and {len(pyotp.TOTP(seed).byte_secret()) for seed in seeds} == {20}


def test_a_seed_moves_to_its_device_and_opens_there_only() -> None:
    moved = totp.enrolled(seal(SEED.reveal().encode(), "flow:x"), "flow:x", to=PLACE)
    assert totp.matching_counter(moved, PLACE, code_at(NOW), after=None, now=NOW) is not None
    with pytest.raises(InvalidTag):
        totp.matching_counter(moved, "flow:x", code_at(NOW), after=None, now=NOW)


def test_a_pending_seed_is_shown_to_its_owner_again() -> None:
    assert totp.pending_seed(memoryview(sealed()), PLACE) == SEED


def test_what_the_qr_code_holds_is_what_every_application_reads(settings: Settings) -> None:
    settings.LINEKEY_OPERATOR_NAME = "Linekey Télécom"
    uri = urlsplit(totp.provisioning_uri(SEED, account="ab12345-lk").reveal())
    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    assert uri.path == "/Linekey%20T%C3%A9l%C3%A9com:ab12345-lk"
    assert parse_qs(uri.query) == {"secret": [SEED.reveal()], "issuer": ["Linekey Télécom"]}


@given(st.integers(min_value=90, max_value=10**10), st.integers(min_value=-30, max_value=30))
def test_at_any_moment_a_code_is_good_for_its_own_step_and_the_two_beside_it(
    seconds: int, wrong_by: int
) -> None:
    found = counter_of(
        code_at(datetime.fromtimestamp(seconds + wrong_by, UTC)), datetime.fromtimestamp(seconds, UTC)
    )
    # Two codes may be alike by chance: then the later counts.
    assert found is not None and found >= (seconds + wrong_by) // 30
