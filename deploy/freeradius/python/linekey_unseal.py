"""Opens sealed PPPoE passwords inside FreeRADIUS (rlm_python3); the counterpart of linekey.vault.radius.

    lk1:<key id>:<base64 of nonce (12 bytes) + AES-256-GCM ciphertext and tag>
    lk1p:<key id>:<the same>        the password before it, while a rotation in grace lasts

Associated data is "lk1:<key id>:<User-Name>", and of the one before it
"lk1p:<key id>:<rotation>:<until>:<User-Name>", in UTF-8: a blob copied to another login or into the
other place, or kept longer, does not open.
LINEKEY_RADIUS_KEY names the key file: one base64 key of 32 bytes per line, any of which may open a
blob (the first seals). Key id: first 8 hex digits of SHA-256("linekey-radius-key" + key). The file is
read again when a blob names an unknown key, so that keys are rotated without a restart.

Whatever does not open is FAIL, never REJECT: a missing key is an outage and not a wrong password. One before
that does not open is left out, and take_previous in radiusd.conf says what becomes of whoever needs it.
"""

import base64
import hashlib
import os
import threading

import radiusd
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SEALED, PREVIOUS = "Linekey-Sealed-Password", "Linekey-Sealed-Previous"
UNTIL, ROTATION = "Linekey-Previous-Until", "Linekey-Rotation"

_keys = {}
_read_at = None
_lock = threading.Lock()


def instantiate(_):
    """A key file that cannot be read is told at once, but the server starts: it may still come."""
    try:
        _read_keys()
    except (OSError, ValueError) as error:
        radiusd.radlog(radiusd.L_ERR, f"linekey_unseal: {os.environ.get('LINEKEY_RADIUS_KEY')}: {error}")
    return radiusd.RLM_MODULE_OK


def authorize(pairs):
    """NOOP without a sealed password, UPDATED with what opens, FAIL when the password itself does not.

    Sets Cleartext-Password, and Linekey-Previous-Password for the one before it.
    """
    checks = pairs.get("config") or pairs.get("control")
    blob, before = _first(checks, SEALED), _first(checks, PREVIOUS)
    if blob is None:
        return radiusd.RLM_MODULE_NOOP
    login = _first(pairs["request"], "User-Name") or ""
    clear = _tried("lk1", blob, login)
    if clear is None:
        return radiusd.RLM_MODULE_FAIL
    opened = [("Cleartext-Password", ":=", _as_read(clear))]
    if before is not None:
        old = _tried("lk1p", before, f"{_first(checks, ROTATION)}:{_first(checks, UNTIL)}:{login}")
        if old is not None:
            opened.append(("Linekey-Previous-Password", ":=", _as_read(old)))
    return radiusd.RLM_MODULE_UPDATED, (), tuple(opened)


def _first(pairs, name):
    for each in pairs or ():
        if each[0] == name:
            return each[-1]
    return None


def _as_read(clear):
    """FreeRADIUS reads backslashes in values as escapes, and crashes on one that ends a value."""
    return clear.replace("\\", "\\\\")


def _tried(form, blob, place):
    try:
        return _open(form, blob, place)
    except (OSError, ValueError, KeyError, InvalidTag) as error:
        radiusd.radlog(radiusd.L_ERR, f"linekey_unseal: a password does not open: {type(error).__name__}")
        return None


def _open(form, blob, place):
    version, key_id, payload = blob.split(":")
    if version != form:
        raise ValueError("another form")
    key = _keys.get(key_id)
    if key is None:
        with _lock:
            _read_keys()
        key = _keys[key_id]
    raw = base64.b64decode(payload, validate=True)
    return key.decrypt(raw[:12], raw[12:], f"{form}:{key_id}:{place}".encode()).decode()


def _read_keys():
    global _keys, _read_at
    path = os.environ["LINEKEY_RADIUS_KEY"]
    changed = os.stat(path).st_mtime_ns
    if changed == _read_at:
        return
    with open(path, encoding="ascii") as lines:
        keys = [base64.b64decode(line, validate=True) for line in lines.read().split()]
    _keys = {hashlib.sha256(b"linekey-radius-key" + key).hexdigest()[:8]: AESGCM(key) for key in keys}
    _read_at = changed
