"""Clear text in, stored form out."""

import hashlib
import json
import os
import secrets

from django.contrib.auth.hashers import make_password

from linekey.domain.imported import Held
from linekey.domain.kinds import Kind, Stored
from linekey.domain.secret import Secret
from linekey.vault.keyring import ring

NONCE_BYTES = 12  # NIST SP 800-38D section 8.2: 96 bits, random, never reused under one key


def seal(clear: bytes, place: str) -> bytes:
    """`key id | 0x00 | nonce | AES-256-GCM ciphertext`, bound to `place`: elsewhere it does not open."""
    keys = ring()
    nonce = os.urandom(NONCE_BYTES)
    sealed = keys.cipher(keys.current).encrypt(nonce, clear, place.encode())
    return keys.current.encode() + b"\0" + nonce + sealed


def seal_credential(kind: Kind, secret: Secret, place: str, *, username: str, realm: str) -> bytes:
    """What a credential version keeps: for `Stored.DIGESTS` the four SIP digests, else the secret itself."""
    if kind.stored is Stored.DIGESTS:
        return seal(json.dumps(sip_digests(secret, username, realm)).encode(), place)
    return seal(secret.reveal().encode(), place)


def sip_digests(secret: Secret, username: str, realm: str) -> dict[str, str]:
    """HA1 in every form a registrar or a phone may ask for, from day one.

    `md5` and `sha256`: H(user:realm:password), RFC 7616 section 3.4.2 and RFC 8760; `…_domain`: the
    same with `user@domain` as user name, which some phones send. MD5 is the protocol's choice, not ours.
    """
    names = {"": username, "_domain": f"{username}@{realm}"}
    digests = {}
    for suffix, name in names.items():
        material = f"{name}:{realm}:{secret.reveal()}".encode()
        digests[f"md5{suffix}"] = hashlib.md5(material, usedforsecurity=False).hexdigest()
        digests[f"sha256{suffix}"] = hashlib.sha256(material).hexdigest()
    return digests


def seal_held(kind: Kind, held: Held, place: str, *, username: str, realm: str) -> bytes:
    """What a version keeps of a secret found on an element; empty where only the element knows it."""
    if kind.stored is Stored.DIGESTS:
        return seal(json.dumps(held_digests(held, username, realm)).encode(), place)
    return seal(held.clear.reveal().encode(), place) if held.clear is not None else b""


def held_digests(held: Held, username: str, realm: str) -> dict[str, str]:
    """Those of `sip_digests` that are known; one that is not known stays away.

    What stands on the element counts before what can be computed: it is what phones are compared with.
    """
    made = sip_digests(held.clear, username, realm) if held.clear is not None else {}
    return made | {name: digest.reveal() for name, digest in held.digests.items()}


def new_token() -> Secret:
    """256 random bits for a link or a key, URL-safe."""
    return Secret(secrets.token_urlsafe(32))


def new_code() -> Secret:
    """Six digits to send, leading zeros included."""
    return Secret(f"{secrets.randbelow(1_000_000):06d}")


def encoded(secret: Secret) -> str:
    """Argon2id, for what people type: PIN, answers, sent and recovery codes."""
    return make_password(secret.reveal())


def new_key(characters: int) -> Secret:
    """A random key of letters and digits, as the OVH dialect wants them (16 or 32 characters)."""
    alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    return Secret("".join(secrets.choice(alphabet) for _ in range(characters)))


def digest(token: Secret) -> str:
    """SHA-256, hex: enough for a token of 128 random bits or more, and it can be looked up."""
    return hashlib.sha256(token.reveal().encode()).hexdigest()
