"""A WebAuthn authenticator and its browser, in memory (level 3, sections 5 and 6): create() and get().

It takes the options as the page gets them and answers as `credential.toJSON()` does. Its switches make it
lie: another origin, another party, a user not verified or not there, a counter that stands still.
"""

import hashlib
import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

ES256, EDDSA, RS256 = -7, -8, -257
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40
Json = dict[str, Any]


@dataclass
class Credential:
    id: bytes
    handle: bytes
    private: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey
    count: int


@dataclass
class Authenticator:
    """The settings are those of an honest one: a fingerprint reader in a laptop."""

    origin: str = "http://localhost:8000"
    party: str = ""
    """Of another site; else the one asked for."""
    verifies: bool = True
    present: bool = True
    alg: int = ES256
    named_alg: int | None = None
    """What it says its algorithm is, where that is a lie."""
    transports: Sequence[object] = ("internal", "hybrid")
    id_length: int = 32
    step: int = 1
    """The counter goes up by so much with each use; 0 with a start of 0 is a synchronised passkey."""
    start: int = 0
    cross_origin: bool | None = None
    credentials: list[Credential] = field(default_factory=list)

    @property
    def public_key(self) -> bytes:
        """Of the newest credential, as COSE."""
        return cbor2.dumps(_cose(self.credentials[-1].private, self.alg))

    def create(self, options: Mapping[str, Any]) -> Json:
        """Answers `navigator.credentials.create()`; as browsers do, not where one of ours is excluded."""
        excluded = {_bytes(each["id"]) for each in options["excludeCredentials"]}
        if excluded & {each.id for each in self.credentials}:
            raise LookupError("InvalidStateError: this authenticator is registered already")
        made = Credential(
            os.urandom(self.id_length), _bytes(options["user"]["id"]), _private(self.alg), self.start
        )
        self.credentials.append(made)
        return self.attest(made, options)

    def attest(self, made: Credential, options: Mapping[str, Any]) -> Json:
        """The answer to create() for a credential which is there already."""
        told = cbor2.dumps(_cose(made.private, self.named_alg or self.alg))
        length = len(made.id).to_bytes(2, "big")
        data = self._data(options["rp"]["id"], made.count, ATTESTED) + bytes(16) + length + made.id + told
        answer = {
            "clientDataJSON": _text(self._client_data("webauthn.create", options["challenge"])),
            "attestationObject": _text(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})),
            "transports": list(self.transports),
        }
        return _credential(made, answer) | {"clientExtensionResults": {"credProps": {"rk": True}}}

    def get(self, options: Mapping[str, Any]) -> Json:
        """Answers `navigator.credentials.get()`, with the credential that is asked for, or the newest."""
        allowed = {_bytes(each["id"]) for each in options["allowCredentials"]}
        used = next(each for each in reversed(self.credentials) if not allowed or each.id in allowed)
        used.count += self.step
        client_data = self._client_data("webauthn.get", options["challenge"])
        data = self._data(options["rpId"], used.count)
        answer = {
            "clientDataJSON": _text(client_data),
            "authenticatorData": _text(data),
            "signature": _text(_sign(used.private, data + hashlib.sha256(client_data).digest())),
            "userHandle": _text(used.handle),
        }
        return _credential(used, answer)

    def _client_data(self, kind: str, challenge: str) -> bytes:
        told: Json = {"type": kind, "challenge": challenge, "origin": self.origin}
        if self.cross_origin is not None:
            told["crossOrigin"] = self.cross_origin
        return json.dumps(told).encode()

    def _data(self, party: str, count: int, flags: int = 0) -> bytes:
        flags |= (PRESENT if self.present else 0) | (VERIFIED if self.verifies else 0)
        return (
            hashlib.sha256((self.party or party).encode()).digest()
            + bytes([flags])
            + count.to_bytes(4, "big")
        )


def _credential(made: Credential, response: Json) -> Json:
    return {
        "id": _text(made.id),
        "rawId": _text(made.id),
        "type": "public-key",
        "authenticatorAttachment": "platform",
        "response": response,
        "clientExtensionResults": {},
    }


def _private(alg: int) -> ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey:
    if alg == EDDSA:
        return ed25519.Ed25519PrivateKey.generate()
    if alg == RS256:
        return rsa.generate_private_key(65537, 2048)
    return ec.generate_private_key(ec.SECP256R1())


def _cose(private: object, alg: int) -> dict[int, Any]:
    """The public key (RFC 9053 sections 7.1, 7.2 and RFC 8230 section 4)."""
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return {1: 1, 3: alg, -1: 6, -2: private.public_key().public_bytes_raw()}
    if isinstance(private, rsa.RSAPrivateKey):
        numbers = private.public_key().public_numbers()
        return {1: 3, 3: alg, -1: numbers.n.to_bytes(256, "big"), -2: numbers.e.to_bytes(3, "big")}
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    point = private.public_key().public_numbers()
    return {1: 2, 3: alg, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}


def _sign(private: object, signed: bytes) -> bytes:
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return private.sign(signed)
    if isinstance(private, rsa.RSAPrivateKey):
        return private.sign(signed, padding.PKCS1v15(), hashes.SHA256())
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    return private.sign(signed, ec.ECDSA(hashes.SHA256()))


def _text(value: bytes) -> str:
    return urlsafe_b64encode(value).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "==")
