"""The sealing keys, in one file the operator backs up apart from the database.

`{"current": "k1", "keys": {"k1": "<32 bytes, base64>"}}`, mode 0600. Old keys stay until nothing is
sealed by them.
"""

import base64
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Any

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


def prepare(path: Path) -> str:
    """Add a fresh key which seals nothing yet; its name. One which lies ready already is that key."""
    content = json.loads(path.read_text())
    newest = _newest(content)
    if newest != content["current"]:
        return newest
    name = f"k{int(newest[1:]) + 1}"
    _replace(path, content | {"keys": content["keys"] | {name: _fresh()}})
    return name


def renew(path: Path, *, unused: Callable[[str], bool]) -> str:
    """Make a fresh key the current one, or that which lies ready; its name.

    Old keys for which `unused` holds are dropped. Whoever reads the file sees the ring before or after, never
    between.
    """
    name = prepare(path)
    content = json.loads(path.read_text())
    kept = {
        known: key
        for known, key in content["keys"].items()
        if known in (name, content["current"]) or not unused(known)
    }
    _replace(path, {"current": name, "keys": kept})
    return name


def _newest(content: dict[str, Any]) -> str:
    return f"k{max(int(name[1:]) for name in content['keys'])}"


def _replace(path: Path, new: dict[str, Any]) -> None:
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=path.name)  # 0600 from the first byte on
    with os.fdopen(handle, "w") as file:
        json.dump(new, file)
        file.flush()
        os.fsync(file.fileno())
    Path(part).replace(path)


def prints() -> dict[str, str]:
    """By name, what tells a key from another of that name, and opens nothing: 16 hex digits of SHA-256."""
    content = json.loads(Path(settings.LINEKEY_KEYRING_FILE).read_text())
    return {
        name: hashlib.sha256(b"linekey-keyring" + base64.b64decode(key)).hexdigest()[:16]
        for name, key in content["keys"].items()
    }


def _fresh() -> str:
    return base64.b64encode(AESGCM.generate_key(256)).decode()


@lru_cache(maxsize=4)
def _load(path: Path, changed_ns: int) -> Keyring:
    content = json.loads(path.read_text())
    return Keyring(content["current"], {name: base64.b64decode(key) for name, key in content["keys"].items()})


_held: ContextVar[Keyring | None] = ContextVar("held", default=None)


def ring() -> Keyring:
    """The ring as it is on disk now: a rotation is seen by every running process at its next seal."""
    return _held.get() or _on_disk()


@contextmanager
def held() -> Iterator[None]:
    """Within, the ring is what it was at the beginning: for a thousand seals of one transaction."""
    token = _held.set(_on_disk())
    try:
        yield
    finally:
        _held.reset(token)


def _on_disk() -> Keyring:
    path: Path = settings.LINEKEY_KEYRING_FILE
    return _load(path, path.stat().st_mtime_ns)
