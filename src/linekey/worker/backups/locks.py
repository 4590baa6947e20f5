"""Encrypts a backup to public keys, and opens it with private ones: age around whatever passes through.

pyrage pulls what it encrypts and pushes what it opens, a piece at a time; no clear text touches a disk.
"""

import hashlib
import io
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Thread
from typing import Any, BinaryIO, Self, TypeAlias

import pyrage

Recipient: TypeAlias = Any
"""A public key, as `pyrage` has it, which tells nobody its types; and a private one."""
Identity: TypeAlias = Any
DAMAGED = "the backup is damaged or cut off: take another one"
PIECE = 1 << 18


class BadBackup(Exception):
    """One sentence for whoever typed the command."""


def recipients(typed: Sequence[str]) -> list[Recipient]:
    """Public keys: `age1…`, or those of SSH. Raises BadBackup."""
    return [_recipient(each) for each in typed]


def identities(paths: Sequence[Path]) -> list[Identity]:
    """Private keys, from the files `age-keygen` and `ssh-keygen` write. Raises BadBackup, OSError."""
    found: list[Identity] = []
    for path in paths:
        content = path.read_bytes()
        keys = [line for line in content.decode(errors="replace").splitlines() if line.startswith("AGE-")]
        try:
            found += [pyrage.x25519.Identity.from_str(key.strip()) for key in keys]
            found += [] if keys else [pyrage.ssh.Identity.from_buffer(content)]
        except pyrage.IdentityError:
            raise BadBackup(
                f"{path} holds no private key of age, and none of SSH without a passphrase"
            ) from None
    return found


def pour(pieces: Iterator[bytes], file: "Counted", to: Sequence[Recipient]) -> None:
    if not to:
        for piece in pieces:
            file.write(piece)
        return
    pulled = _Pulled(pieces)
    try:
        pyrage.encrypt_io(pulled, file, list(to))
    except pyrage.EncryptError:
        # It tells of our own errors in words alone.
        raise pulled.trouble or file.trouble or OSError("the backup cannot be encrypted") from None


class _Pulled(io.RawIOBase):
    """Pieces as a file that is read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._rest = pieces, memoryview(b"")
        self.trouble: BaseException | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, space: memoryview) -> int:  # type: ignore[override]
        try:
            while not self._rest:
                self._rest = memoryview(next(self._pieces))
        except StopIteration:
            return 0
        except BaseException as trouble:
            self.trouble = trouble
            raise
        size = min(len(space), len(self._rest))
        space[:size], self._rest = self._rest[:size], self._rest[size:]
        return size


class Counted(io.RawIOBase):
    """Writes through, and knows what was written."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.size, self.digest = file, 0, hashlib.sha256()
        self.trouble: OSError | None = None

    def writable(self) -> bool:
        return True

    def write(self, piece: bytes) -> int:  # type: ignore[override]
        try:
            self._file.write(piece)
        except OSError as trouble:
            self.trouble = trouble
            raise
        self.digest.update(piece)
        self.size += len(piece)
        return len(piece)


class Unlocked:
    """age pushes, and we pull: a pipe stands between, and no clear text on any disk."""

    def __init__(self, file: BinaryIO, keys: Sequence[Identity]) -> None:
        reading, self._writing = os.pipe()
        self.clear = os.fdopen(reading, "rb", buffering=PIECE)
        self._file, self._keys, self._trouble = file, list(keys), list[Exception]()
        self._thread = Thread(target=self._push)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *trouble: object) -> None:
        self.clear.close()
        self._thread.join()

    def require_whole(self) -> None:
        """Once there is nothing more to read. Raises BadBackup."""
        self._thread.join()
        for why in self._trouble:
            known = isinstance(why, pyrage.DecryptError)
            raise BadBackup("none of the private keys opens this backup" if known else DAMAGED)

    def _push(self) -> None:
        try:
            with os.fdopen(self._writing, "wb") as out:
                pyrage.decrypt_io(self._file, out, self._keys)
        except (pyrage.DecryptError, OSError) as why:
            self._trouble.append(why)


def _recipient(typed: str) -> Recipient:
    for kind in (pyrage.x25519, pyrage.ssh):
        try:
            return kind.Recipient.from_str(typed.strip())
        except (pyrage.RecipientError, UnicodeError):
            continue
    raise BadBackup("--recipient takes a public key: age1…, ssh-ed25519 … or ssh-rsa …")
