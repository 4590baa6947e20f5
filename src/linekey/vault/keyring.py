"""The sealing keys, in one file the operator backs up apart from the database.

`{"current": "k1", "keys": {"k1": "<32 bytes, base64>"}}`, mode 0600. Old keys stay until nothing is
sealed by them.
"""

import base64
import json
import os
import tempfile
from collections.abc import Callable
from functools import lru_cache
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
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump({"current": "k1", "keys": {"k1": _fresh()}}, file)


def renew(path: Path, *, unused: Callable[[str], bool]) -> str:
    """Add a fresh key and make it the current one; its name. Old keys for which `unused` holds are dropped.

    The file is replaced in one step: whoever reads it sees the ring before or after, never between.
    """
    content = json.loads(path.read_text())
    name = f"k{max(int(known[1:]) for known in content['keys']) + 1}"
    kept = {
        known: key
        for known, key in content["keys"].items()
        if known == content["current"] or not unused(known)
    }
    new = {"current": name, "keys": kept | {name: _fresh()}}
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=path.name)  # 0600 from the first byte on
    with os.fdopen(handle, "w") as file:
        json.dump(new, file)
        file.flush()
        os.fsync(file.fileno())
    Path(part).replace(path)
    return name


def _fresh() -> str:
    return base64.b64encode(AESGCM.generate_key(256)).decode()


@lru_cache(maxsize=4)
def _load(path: Path, changed_ns: int) -> Keyring:
    content = json.loads(path.read_text())
    return Keyring(content["current"], {name: base64.b64decode(key) for name, key in content["keys"].items()})


def ring() -> Keyring:
    """The ring as it is on disk now: a rotation is seen by every running process at its next seal."""
    path = Path(settings.LINEKEY_KEYRING_FILE)
    return _load(path, path.stat().st_mtime_ns)
