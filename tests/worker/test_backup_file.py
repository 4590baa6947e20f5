"""The file of a backup: whole or not there at all, its owner's alone, and opened by the right key only."""

import errno
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pyrage
import pytest

from linekey.worker.backups import archive, locks
from linekey.worker.backups.locks import BadBackup

LINES = [f"line {number} é {'x' * (number % 97)}\n".encode() for number in range(20_000)]
IDENTITY = pyrage.x25519.Identity.generate()
TO = [IDENTITY.to_public()]


def read(path: Path, *keys: locks.Identity) -> list[bytes]:
    with archive.opened(path, keys) as lines:
        return list(lines)


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("to", [[], TO], ids=["in clear", "encrypted"])
def test_what_was_written_is_read_and_nobody_else_may_read_it(tmp_path: Path, to: list[object]) -> None:
    path = tmp_path / "one"
    assert archive.write(path, LINES, to=to) == path.stat().st_size
    assert read(path, IDENTITY) == LINES
    assert path.stat().st_mode & 0o777 == 0o600
    assert left_in(tmp_path) == ["one"]


def test_a_key_of_ssh_opens_what_was_encrypted_to_it(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
        PublicFormat,
    )

    key, file = Ed25519PrivateKey.generate(), tmp_path / "id_ed25519"
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    archive.write(tmp_path / "one", LINES, to=locks.recipients([public]))
    assert read(tmp_path / "one", *locks.identities([file])) == LINES


def test_no_key_and_another_key_are_told_apart(tmp_path: Path) -> None:
    archive.write(tmp_path / "one", LINES, to=TO)
    with pytest.raises(BadBackup, match="name the file of a private key"):
        read(tmp_path / "one")
    with pytest.raises(BadBackup, match="none of the private keys"):
        read(tmp_path / "one", pyrage.x25519.Identity.generate())


@pytest.mark.parametrize("to", [[], TO], ids=["in clear", "encrypted"])
def test_one_octet_changed_and_an_end_cut_off_are_noticed(tmp_path: Path, to: list[object]) -> None:
    path = tmp_path / "one"
    archive.write(path, LINES, to=to)
    whole = path.read_bytes()
    middle = len(whole) // 2
    for spoiled in (
        whole[:middle],
        whole[:-1],
        whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
    ):
        path.write_bytes(spoiled)
        with pytest.raises(BadBackup, match="damaged or cut off"):
            read(path, IDENTITY)


def test_nothing_is_overwritten_without_a_word(tmp_path: Path) -> None:
    path = tmp_path / "one"
    path.write_text("somebody's")
    with pytest.raises(BadBackup, match="--force"):
        archive.write(path, LINES)
    assert path.read_text() == "somebody's"
    archive.write(path, LINES, replace=True)
    assert read(path) == LINES


def test_a_disk_too_small_is_seen_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(BadBackup, match="3 MiB free, and 5 MiB may be needed"):
        archive.write(tmp_path / "one", LINES, needed=5 << 20, free=lambda folder: 3 << 20)
    assert left_in(tmp_path) == []


@pytest.mark.parametrize("to", [[], TO], ids=["in clear", "encrypted"])
@pytest.mark.parametrize(
    "trouble",
    [OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), KeyboardInterrupt(), BadBackup("the rows ended")],
)
def test_what_fails_on_the_way_leaves_nothing(
    tmp_path: Path, trouble: BaseException, to: list[object]
) -> None:
    def failing() -> Iterator[bytes]:
        yield from LINES
        raise trouble

    with pytest.raises(type(trouble)) as raised:
        archive.write(tmp_path / "one", failing(), to=to)
    assert raised.value is trouble
    assert left_in(tmp_path) == []


@pytest.mark.parametrize("to", [[], TO], ids=["in clear", "encrypted"])
def test_a_full_disk_leaves_nothing(to: list[object], tmp_path: Path) -> None:
    """`/dev/full` takes nothing: what is written there fails as on a disk without room."""
    with Path("/dev/full").open("wb", buffering=0) as full, pytest.raises(OSError) as raised:
        locks.pour(iter(LINES), locks.Counted(full), to)
    assert raised.value.errno == errno.ENOSPC


def test_what_a_killed_run_left_is_swept_by_the_next(tmp_path: Path) -> None:
    old, young = tmp_path / ".linekey-old.part", tmp_path / ".linekey-young.part"
    for part in (old, young):
        part.write_text("half")
    os.utime(old, (time.time() - 48 * 3600,) * 2)
    archive.write(tmp_path / "one", LINES)
    assert left_in(tmp_path) == [young.name, "one"]


def test_what_is_no_key_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(BadBackup, match="public key"):
        locks.recipients(["AGE-SECRET-KEY-1"])
    (tmp_path / "key").write_text("no key")
    with pytest.raises(BadBackup, match="no private key"):
        locks.identities([tmp_path / "key"])
