"""The access key a person signed in with, in a file only they can read; or in the environment of a script."""

import json
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from linekey.cli.trouble import Exit, Trouble

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_SIGN_IN = "Run `linekey login`, or set LINEKEY_URL and LINEKEY_KEY_SECRET."


@dataclass(frozen=True)
class Key:
    url: str
    """`https://desk.example`, without a slash at its end."""
    key_id: str
    """`LKAK…`: tells keys apart, opens nothing."""
    secret: str = field(repr=False)


def file() -> Path:
    """The place of the XDG Base Directory Specification."""
    base = os.environ.get("XDG_CONFIG_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".config") / "linekey" / "key.json"


def key() -> Key:
    """What the environment says goes before the file. Raises Trouble."""
    secret = os.environ.get("LINEKEY_KEY_SECRET", "").strip()
    url = os.environ.get("LINEKEY_URL", "").strip()
    if secret and url:
        return Key(checked(url), os.environ.get("LINEKEY_KEY_ID", "").strip(), fit(secret))
    if secret or url:
        raise Trouble(Exit.USAGE, "LINEKEY_URL and LINEKEY_KEY_SECRET go together; one is missing.", _SIGN_IN)
    return _read(file())


def checked(url: str) -> str:
    """An address a secret may be sent to: over TLS, or on this very machine. Raises Trouble."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    fit_scheme = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
    if not host or not fit_scheme or parts.username or parts.query or parts.fragment or not url.isascii():
        raise Trouble(
            Exit.USAGE,
            "This is no address to send a key to.",
            "Give the address of the portal, with https:// (http:// on this very machine alone).",
        )
    return url.rstrip("/")


def fit(secret: str) -> str:
    """Raises Trouble for what cannot stand in a header; never quotes it."""
    if not secret or not secret.isascii() or not secret.isprintable() or " " in secret:
        raise Trouble(Exit.USAGE, "This is no secret of an access key.", "It begins with lksk_.")
    return secret


def keep(key: Key) -> Path:
    """Never readable by others, not for a moment: made with its mode, then put in place of the old one."""
    place = file()
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = place.with_name(f".{place.name}.{os.getpid()}")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        json.dump({"url": key.url, "key_id": key.key_id, "secret": key.secret}, opened)
    new.replace(place)
    return place


def forget() -> bool:
    """Was there one?"""
    try:
        file().unlink()
    except FileNotFoundError:
        return False
    return True


def _read(place: Path) -> Key:
    try:
        with place.open(encoding="utf-8") as opened:
            mode = stat.S_IMODE(os.fstat(opened.fileno()).st_mode)
            if mode & 0o077:
                raise Trouble(
                    Exit.NOT_ALLOWED,
                    f"Others can read {place} (mode {mode:04o}), so its key may be known.",
                    f"Revoke the key in the portal, sign in with a new one; or `chmod 600 {place}`.",
                )
            kept = json.load(opened)
        return Key(checked(kept["url"]), kept["key_id"], fit(kept["secret"]))
    except FileNotFoundError:
        raise Trouble(Exit.NOT_ALLOWED, "You are not signed in.", _SIGN_IN) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise Trouble(Exit.NOT_ALLOWED, f"{place} cannot be read.", "Run `linekey login` again.") from None
