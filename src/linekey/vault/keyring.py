"""The sealing keys, in one file the operator backs up apart from the database.

`{"current": "k1", "keys": {"k1": "<32 bytes, base64>"}}`, mode 0600. Old keys stay until nothing is
sealed by them.
"""

import base64
import json
import os
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings


class Keyring:
    def __init__(self, current: str, keys: dict[str, bytes]) -> None:
        self.current = current
        self._ciphers = {name: AESGCM(key) for name, key in keys.items()}

    def cipher(self, name: str) -> AESGCM:
        """The cipher of key `name`; KeyError when the key was removed from the ring."""
        return self._ciphers[name]


def create(path: Path) -> None:
    """Write a ring of one fresh key, readable by its owner only.

    Raises FileExistsError rather than replace one.
    """
    content = {"current": "k1", "keys": {"k1": base64.b64encode(AESGCM.generate_key(256)).decode()}}
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(content, file)


@cache
def _load(path: Path) -> Keyring:
    content = json.loads(path.read_text())
    return Keyring(content["current"], {name: base64.b64decode(key) for name, key in content["keys"].items()})


def ring() -> Keyring:
    return _load(Path(settings.LINEKEY_KEYRING_FILE))
