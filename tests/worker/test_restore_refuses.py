"""What is not to be restored is refused with a sentence, before anything is touched."""

import json
from pathlib import Path

import pytest
from django.conf import LazySettings

from linekey.records.models import Person
from linekey.vault import keyring
from linekey.worker import restore
from linekey.worker.backups import archive
from tests.build import Cast
from tests.worker.made_backup import HEADING, made


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    people = Person.objects.count()
    assert restore.main([*words]) == 2
    assert Person.objects.count() == people
    return capsys.readouterr().err


def test_a_database_which_holds_rows(cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = refused(capsys, str(made(tmp_path / "one")))
    assert "the database holds rows already (linekey_organisation" in told and "--replace" in told


def test_a_backup_of_a_newer_release(db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = made(tmp_path / "one", migrations=[["linekey", "0099_tomorrow"]], version="7.0")
    told = refused(capsys, str(path), "--replace")
    assert "newer than this program (linekey.0099_tomorrow): use Linekey 7.0 or later" in told


def test_a_format_of_a_newer_release(db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "made by Linekey 7.0: use that one" in refused(
        capsys, str(made(tmp_path / "one", format=2, version="7.0"))
    )


def test_keys_the_keyring_lacks_are_named_though_another_bears_the_name(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str], settings: LazySettings
) -> None:
    settings.LINEKEY_KEYRING_FILE = tmp_path / "keyring.json"
    keyring.create(settings.LINEKEY_KEYRING_FILE)
    here = keyring.prints()["k1"]
    path = str(made(tmp_path / "one", sealed_by={"k1": "0123456789abcdef", "k2": here}))
    told = refused(capsys, path, "--replace")
    assert "keyring.json lacks k1, k2" in told and "--without-keys" in told
    # Somebody who says so goes on: to the next question.
    assert "holds rows already" in refused(capsys, path, "--without-keys")
    assert restore.main([path, "--check"]) == 1
    assert restore.main([str(made(tmp_path / "two", sealed_by={"k1": here})), "--check"]) == 0


@pytest.mark.parametrize(
    "lines",
    [
        [b"\x00\x01"],
        [b'{"linekey":"something else"}\n'],
        [json.dumps(HEADING).encode() + b"\n"],
        [json.dumps(HEADING).encode() + b"\n", b'{"tables":{},"sealed_by":{},"digest":"00"}\n'],
        [b'{"linekey":"backup"}\n'],
    ],
    ids=["no text", "no backup", "no end", "a digest which does not hold", "no heading"],
)
def test_what_is_no_whole_backup(
    db: None, tmp_path: Path, lines: list[bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    archive.write(tmp_path / "one", lines)
    told = refused(capsys, str(tmp_path / "one"), "--replace")
    assert "damaged or cut off" in told or "no backup of Linekey" in told


def test_a_file_which_is_not_there(db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert restore.main([str(tmp_path / "nowhere")]) == 5
    assert "nowhere: No such file" in capsys.readouterr().err
