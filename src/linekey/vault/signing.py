"""The keys that sign the audit trail: Ed25519, in one file beside the keyring.

`{"current": "a1", "keys": {"a1": {"public": "<base64>", "sealed": "<base64>"}}}`, mode 0600. The private half
is sealed by the keyring; of a key that was replaced only the public half stays, to verify what it signed.
"""

import base64
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from linekey.vault.reseal import key_of
from linekey.vault.seal import seal
from linekey.vault.unseal import unseal


class Signer:
    """The current key, for some signatures in a row."""

    def __init__(self, key: str, private: Ed25519PrivateKey) -> None:
        self.key = key
        self._private = private

    def sign(self, words: bytes) -> str:
        return base64.b64encode(self._private.sign(words)).decode()


def signer() -> Signer:
    """Makes the first key when there is none."""
    if not _file().exists():
        _create()
    content = _read()
    name = content["current"]
    sealed = base64.b64decode(content["keys"][name]["sealed"])
    return Signer(name, Ed25519PrivateKey.from_private_bytes(unseal(sealed, _place(name))))


class Verifier:
    """Every public key there was."""

    def __init__(self) -> None:
        self._keys = {
            name: Ed25519PublicKey.from_public_bytes(base64.b64decode(key))
            for name, key in public_keys().items()
        }

    def holds(self, key: str, signature: str, words: bytes) -> bool:
        """Did `key`, one of ours, sign these words?"""
        try:
            self._keys[key].verify(base64.b64decode(signature, validate=True), words)
        except (KeyError, ValueError, InvalidSignature):
            return False
        return True


def public_keys() -> dict[str, str]:
    """By name, base64 of the 32 raw bytes (RFC 8032): what an outsider verifies by."""
    if not _file().exists():
        return {}
    return {name: key["public"] for name, key in _read()["keys"].items()}


def sealed_by() -> str:
    """Name of the sealing key the private half is under; empty without one."""
    if not _file().exists():
        return ""
    content = _read()
    return key_of(base64.b64decode(content["keys"][content["current"]]["sealed"]))


def renew() -> str:
    """A fresh key signs from now on; its name. The private half of the one before is gone for good."""
    content = _read() if _file().exists() else {"current": "", "keys": {}}
    kept = {name: {"public": key["public"]} for name, key in content["keys"].items()}
    name = f"a{len(kept) + 1}"
    _write({"current": name, "keys": kept | {name: _fresh(name)}}, replace=True)
    return name


def _create() -> None:
    _write({"current": "a1", "keys": {"a1": _fresh("a1")}}, replace=False)


def _fresh(name: str) -> dict[str, str]:
    private = Ed25519PrivateKey.generate()
    sealed = seal(private.private_bytes_raw(), _place(name))
    public = private.public_key().public_bytes_raw()
    return {"public": base64.b64encode(public).decode(), "sealed": base64.b64encode(sealed).decode()}


def _write(content: dict[str, Any], *, replace: bool) -> None:
    """In one step: whoever reads sees the file before or after. Of two who make the first, one wins."""
    file = _file()
    handle, part = tempfile.mkstemp(dir=file.parent, prefix=file.name)  # 0600 from the first byte on
    with os.fdopen(handle, "w") as out:
        json.dump(content, out)
        out.flush()
        os.fsync(out.fileno())
    if replace:
        Path(part).replace(file)
        return
    try:
        os.link(part, file)
    except FileExistsError:
        return
    finally:
        Path(part).unlink()


def _read() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(_file().read_text())
    return content


def _place(name: str) -> str:
    return f"audit-key:{name}"


def _file() -> Path:
    return Path(settings.LINEKEY_KEYRING_FILE).with_name("audit-keys.json")
