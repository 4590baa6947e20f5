"""The file of a backup on its way to the disk and back: packed, encrypted, whole or not there at all.

Lines of JSON, gzip around them, age around that (age-encryption.org/v1): `age --decrypt | gunzip` reads it
without Linekey. Knows nothing of what the lines say. Memory stays the same, whatever the length.
"""

import gzip
import hashlib
import os
import shutil
import tempfile
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from linekey.worker.backups.locks import (
    DAMAGED,
    PIECE,
    BadBackup,
    Counted,
    Identity,
    Recipient,
    Unlocked,
    pour,
)

_AGE = b"age-encryption.org/"
_LONGEST_LINE = 1 << 28
_LEFT_BEHIND = 24 * 3600.0
"""Seconds. What a killed run left unfinished is no longer written by anybody then."""


def write(
    path: Path,
    lines: Iterable[bytes],
    *,
    to: Sequence[Recipient] = (),
    replace: bool = False,
    needed: int = 0,
    free: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
) -> int:
    """How many bytes it has; encrypted `to` each of the keys, in clear without one.

    It gets its name once it is on the disk and was read back. Raises BadBackup, OSError: nothing is left.
    """
    if (spare := free(path.parent)) < needed:
        raise BadBackup(f"{path.parent} has {spare >> 20} MiB free, and {needed >> 20} MiB may be needed")
    _sweep(path.parent)
    handle, name = tempfile.mkstemp(
        dir=path.parent, prefix=".linekey-", suffix=".part"
    )  # 0600 from the start
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            written = Counted(file)
            pour(_packed(lines), written, to)
            file.flush()
            os.fsync(handle)
        if _digest_on_disk(part) != written.digest.digest():
            raise BadBackup(f"what was read back from {path.parent} is not what was written: check the disk")
        if replace:
            part.replace(path)
        else:
            os.link(part, path)
        _sync(path.parent)
    except FileExistsError:
        raise BadBackup(f"{path} is there already; --force replaces it") from None
    finally:
        part.unlink(missing_ok=True)
    return written.size


@contextmanager
def opened(path: Path, keys: Sequence[Identity] = ()) -> Iterator[Iterator[bytes]]:
    """The lines. Raises BadBackup for a file which is damaged, cut off, or locked by other keys; OSError."""
    with path.open("rb") as file:
        locked = file.read(len(_AGE)) == _AGE
        file.seek(0)
        if not locked:
            yield _lines(file)
            return
        if not keys:
            raise BadBackup(f"{path} is encrypted: name the file of a private key with --identity")
        with Unlocked(file, keys) as unlocked:
            yield _unlocked_lines(unlocked)


def _packed(lines: Iterable[bytes]) -> Iterator[bytes]:
    packer, pieces, size = zlib.compressobj(level=1, wbits=31), list[bytes](), 0  # 31: with gzip's header
    for line in lines:
        piece = packer.compress(line)
        if piece:
            pieces.append(piece)
            size += len(piece)
        if size >= PIECE:
            yield b"".join(pieces)
            pieces, size = [], 0
    yield b"".join([*pieces, packer.flush()])


def _digest_on_disk(path: Path) -> bytes:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        # From the disk, and not from what memory still has of it.
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        while piece := file.read(PIECE):
            digest.update(piece)
    return digest.digest()


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sweep(folder: Path) -> None:
    for left in folder.glob(".linekey-*.part"):
        if left.stat().st_mtime < time.time() - _LEFT_BEHIND:
            left.unlink(missing_ok=True)


def _lines(file: BinaryIO) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=file) as packed:
        try:
            while line := packed.readline(_LONGEST_LINE):
                yield line
        except (EOFError, zlib.error, gzip.BadGzipFile):
            raise BadBackup(DAMAGED) from None


def _unlocked_lines(unlocked: Unlocked) -> Iterator[bytes]:
    try:
        yield from _lines(unlocked.clear)
    except BadBackup:
        unlocked.require_whole()
        raise
    unlocked.require_whole()
