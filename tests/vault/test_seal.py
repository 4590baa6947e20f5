"""What goes into the safe comes out whole, at its own place, with its own key, and nowhere else."""

import hashlib
import json
import stat
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from linekey.domain.kinds import PPPOE_ACCESS, SIP_LINE
from linekey.domain.secret import Secret
from linekey.vault import check, keyring, seal, unseal

ADA = {"username": "0033972101010", "realm": "sip.linekey.test"}


@given(st.binary(max_size=300), st.text(min_size=1, max_size=60))
def test_what_was_sealed_opens_at_its_place_and_only_there(clear: bytes, place: str) -> None:
    sealed = seal.seal(clear, place)
    assert unseal.unseal(sealed, place) == clear == unseal.unseal(memoryview(sealed), place)
    with pytest.raises(InvalidTag):
        unseal.unseal(sealed, place + "x")


@given(st.binary(min_size=1, max_size=60), st.data())
def test_one_bit_changed_and_it_does_not_open(clear: bytes, data: st.DataObject) -> None:
    sealed = bytearray(seal.seal(clear, "here"))
    after_key_id = sealed.index(0) + 1
    at = data.draw(st.integers(after_key_id, len(sealed) - 1))
    sealed[at] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(InvalidTag):
        unseal.unseal(bytes(sealed), "here")


def test_the_same_secret_is_never_sealed_twice_alike() -> None:
    assert len({seal.seal(b"same", "here") for _ in range(1000)}) == 1000


def test_a_sip_line_keeps_digests_and_not_its_password() -> None:
    """RFC 7616 section 3.4.2: MD5 and SHA-256 of user:realm:password, in both forms of the user name."""
    sealed = seal.seal_credential(SIP_LINE, Secret("Tilleul-4718"), "here", **ADA)
    kept = {name: value.reveal() for name, value in unseal.unseal_digests(sealed, "here").items()}
    user, domain_user = "0033972101010", "0033972101010@sip.linekey.test"
    assert kept == {
        "md5": digest("md5", user),
        "md5_domain": digest("md5", domain_user),
        "sha256": digest("sha256", user),
        "sha256_domain": digest("sha256", domain_user),
    }
    assert "Tilleul" not in json.dumps(kept)


def digest(algorithm: str, user: str) -> str:
    return hashlib.new(algorithm, f"{user}:sip.linekey.test:Tilleul-4718".encode()).hexdigest()


def test_the_digest_is_the_one_of_the_rfc() -> None:
    """RFC 7616 section 3.9.1: Mufasa, http-auth@example.org, « Circle of Life »."""
    digests = seal.sip_digests(Secret("Circle of Life"), "Mufasa", "http-auth@example.org")
    assert digests["md5"] == "3d78807defe7de2157e2b0b6573a855f"
    assert digests["sha256"] == "7987c64c30e25f1b74be53f966b49b90f2808aa92faf9a00262392d7b4794232"


def test_an_access_keeps_its_password_sealed() -> None:
    """CHAP needs it in clear (RFC 1994)."""
    sealed = seal.seal_credential(PPPOE_ACCESS, Secret("Tilleul-4718"), "here", username="", realm="")
    assert unseal.unseal_secret(sealed, "here") == Secret("Tilleul-4718") and b"Tilleul" not in sealed


@pytest.mark.parametrize("kind", [SIP_LINE, PPPOE_ACCESS], ids=lambda kind: kind.code)
@pytest.mark.parametrize(
    ("typed", "matches"),
    [("Tilleul-4718", True), ("tilleul-4718", False), ("", False), ("Tilleul-4718\ud800", False)],
)
def test_the_checker_says_yes_to_the_very_secret_alone(kind: object, typed: str, matches: bool) -> None:
    assert kind in (SIP_LINE, PPPOE_ACCESS)
    chosen = SIP_LINE if kind is SIP_LINE else PPPOE_ACCESS
    sealed = seal.seal_credential(chosen, Secret("Tilleul-4718"), "here", **ADA)
    assert check.credential_matches(chosen, sealed, "here", Secret(typed), **ADA) is matches


def test_keys_and_tokens_are_long_and_never_alike() -> None:
    assert (
        len({seal.new_token() for _ in range(1000)}) == len({seal.new_key(32) for _ in range(1000)}) == 1000
    )
    assert len(seal.new_token()) == 43 and len(seal.new_key(16)) == 16
    assert seal.digest(Secret("abc")) == hashlib.sha256(b"abc").hexdigest()


def test_a_ring_is_private_and_never_overwritten(tmp_path: Path) -> None:
    keyring.create(tmp_path / "ring.json")
    assert stat.S_IMODE((tmp_path / "ring.json").stat().st_mode) == 0o600
    before = (tmp_path / "ring.json").read_bytes()
    with pytest.raises(FileExistsError):
        keyring.create(tmp_path / "ring.json")
    assert (tmp_path / "ring.json").read_bytes() == before


def test_another_ring_opens_nothing(tmp_path: Path, settings: Settings) -> None:
    sealed = seal.seal(b"clear", "here")
    settings.LINEKEY_KEYRING_FILE = tmp_path / "other.json"
    keyring.create(tmp_path / "other.json")
    with pytest.raises(InvalidTag):
        unseal.unseal(sealed, "here")


def test_a_key_that_was_replaced_still_opens_what_it_sealed(tmp_path: Path, settings: Settings) -> None:
    def ring(name: str, current: str, keys: dict[str, str]) -> None:
        settings.LINEKEY_KEYRING_FILE = tmp_path / name
        settings.LINEKEY_KEYRING_FILE.write_text(json.dumps({"current": current, "keys": keys}))

    old, new = "A" * 43 + "=", "B" * 43 + "="
    ring("one.json", "k1", {"k1": old})
    sealed = seal.seal(b"clear", "here")
    ring("two.json", "k2", {"k1": old, "k2": new})
    assert unseal.unseal(sealed, "here") == b"clear"
    assert seal.seal(b"clear", "here").startswith(b"k2\0")
    ring("three.json", "k2", {"k2": new})
    with pytest.raises(KeyError):
        unseal.unseal(sealed, "here")
