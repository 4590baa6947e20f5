"""The files of the safe, for a backup that takes them along and a restore that puts them back.

Whoever calls this has them encrypted before they reach a disk. What stands on this machine is never lost: a
file that must give way stays beside the new one.
"""

import json
import os
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from django.conf import settings

PUBLIC = "audit-keys.json"
"""Its public halves verify the trail; the private one is sealed, and worth nothing without the keyring."""
KEYRING, RADIUS = "keyring.json", "radius.key"


def files(*, secret: bool) -> dict[str, bytes]:
    """Those which exist; without `secret` nothing that opens anything."""
    names = (PUBLIC, KEYRING, RADIUS) if secret else (PUBLIC,)
    return {name: path.read_bytes() for name in names if (path := _path(name)).exists()}


def put_back(files: Mapping[str, bytes], *, now: datetime) -> list[Path]:
    """What was written. A file of this machine which holds all the keys of its namesake stays as it is."""
    written = []
    for name, content in files.items():
        path = _path(name)
        if path.exists() and (name == RADIUS or _has_all_of(path, content)):
            continue
        if path.exists():
            os.link(path, path.with_name(f"{path.name}.before-{now:%Y%m%dT%H%M%SZ}"))
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=path.parent, prefix=path.name)  # 0600 from the first byte on
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(handle)
        Path(part).replace(path)
        written.append(path)
    return written


def _has_all_of(path: Path, content: bytes) -> bool:
    here, there = _keys(path.read_bytes()), _keys(content)
    return all(name in here and here[name] == key for name, key in there.items())


def _keys(content: bytes) -> dict[str, str]:
    """By name; of those that sign the public half, which stays when the private one goes."""
    keys = json.loads(content)["keys"]
    return {name: key if isinstance(key, str) else key["public"] for name, key in keys.items()}


def _path(name: str) -> Path:
    keyring = Path(settings.LINEKEY_KEYRING_FILE)
    return {
        PUBLIC: keyring.with_name(PUBLIC),
        KEYRING: keyring,
        RADIUS: Path(settings.LINEKEY_RADIUS_KEY_FILE),
    }[name]
