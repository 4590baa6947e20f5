"""Where the key lies: never readable by others, never in an argument, never shown."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from linekey.cli import kept
from linekey.cli.trouble import Exit, Trouble
from tests.api.programs import key_of
from tests.build import Cast
from tests.cli.shell import URL, Shell

SECRET = "lksk_" + "A" * 43


def test_signing_in_keeps_the_key_for_the_next_commands(cast: Cast, home: Path) -> None:
    key = key_of(cast.ada)
    shell = Shell(answers=[URL, key.key_id, key.secret.reveal()])
    told = shell.run("login")
    assert told.status == Exit.DONE and told.out == ""
    assert "Ada Lemoine (ab12345-lk, Atelier Lumen)" in told.err
    assert key.secret.reveal() not in told.err
    assert "ab12345-lk" in shell.run("whoami").out


def test_the_file_is_the_person_s_alone_from_its_first_moment(cast: Cast, home: Path) -> None:
    before = os.umask(0)
    try:
        key = key_of(cast.ada)
        Shell(answers=[URL, key.key_id, key.secret.reveal()]).run("login")
    finally:
        os.umask(before)
    place = home / "linekey" / "key.json"
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    assert [each.name for each in place.parent.iterdir()] == ["key.json"]


def test_a_file_that_others_can_read_is_not_used(cast: Cast, home: Path) -> None:
    kept.keep(kept.Key(URL, "", key_of(cast.ada).secret.reveal()))
    kept.file().chmod(0o644)
    told = Shell().run("whoami")
    assert told.status == Exit.NOT_ALLOWED and "mode 0644" in told.err and "chmod 600" in told.err


def test_a_wrong_key_is_not_kept(cast: Cast, home: Path) -> None:
    told = Shell(piped=SECRET).run("login", URL, "--stdin")
    assert told.status == Exit.NOT_ALLOWED
    assert not kept.file().exists()


def test_a_script_signs_in_from_its_standard_input(cast: Cast) -> None:
    shell = Shell(piped=key_of(cast.ada).secret.reveal())
    assert shell.run("login", URL, "--stdin").status == Exit.DONE
    assert Shell().run("login", URL).status == Exit.USAGE


def test_the_environment_goes_before_the_file(cast: Cast, ada: Shell) -> None:
    kept.keep(kept.Key(URL, "", SECRET))
    assert ada.run("whoami").status == Exit.DONE


def test_half_of_it_in_the_environment_is_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINEKEY_URL", URL)
    told = Shell().run("whoami")
    assert told.status == Exit.USAGE and "LINEKEY_KEY_SECRET" in told.err


def test_signed_out_nothing_is_left(cast: Cast) -> None:
    kept.keep(kept.Key(URL, "", SECRET))
    told = Shell().run("logout")
    assert told.status == Exit.DONE and "revoke it in the portal" in told.err
    assert Shell().run("whoami").status == Exit.NOT_ALLOWED
    assert Shell().run("logout").status == Exit.DONE


def test_no_option_of_any_command_takes_a_secret(capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell()
    assert "unrecognized arguments" in shell.usage(capsys, "services", "change", "x", "--password", "a")
    assert "unrecognized arguments" in shell.usage(capsys, "login", URL, "--secret", "a")


@pytest.mark.parametrize(
    "url",
    [
        "http://desk.example",
        "ftp://localhost",
        "desk.example",
        "https://",
        "https://ada:pw@desk.example",
        "https://desk.example?a=b",
        "https://[::1",
        "https://d\u0435sk.example",
        "http://127.0.0.1.evil.example",
        "https://desk.example:port",
    ],
)
def test_a_key_is_sent_over_tls_or_to_this_machine_alone(url: str) -> None:
    with pytest.raises(Trouble) as refused:
        kept.checked(url)
    assert refused.value.status == Exit.USAGE


@pytest.mark.parametrize("url", ["https://desk.example/", "http://localhost:8000", "http://[::1]:8000"])
def test_these_addresses_are_fit(url: str) -> None:
    assert kept.checked(url) == url.rstrip("/")


@pytest.mark.parametrize("secret", ["", "lksk_a\nHost: evil", "lksk_é", "lksk a"])
def test_what_cannot_be_a_secret_is_never_sent(secret: str) -> None:
    with pytest.raises(Trouble) as refused:
        kept.fit(secret)
    assert secret == "" or secret not in str(refused.value)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"url": "https://x.example"}', '{"url": 1, "secret": 2}']
)
def test_a_damaged_file_is_told(text: str, home: Path) -> None:
    kept.keep(kept.Key(URL, "", SECRET))
    kept.file().write_text(text)
    told = Shell().run("whoami")
    assert told.status == Exit.NOT_ALLOWED and "linekey login" in told.err


def test_a_key_does_not_tell_its_secret() -> None:
    assert SECRET not in repr(kept.Key(URL, "LKAK", SECRET))


def test_the_client_starts_without_the_server() -> None:
    """Neither Django nor any room of Linekey but its own."""
    script = (
        "import sys\nfrom linekey.config import entry\n"
        "status = entry.main(['whoami'])\n"
        "rooms = {n for n in sys.modules if n.split('.')[0] in ('django', 'ninja')}\n"
        "ours = {n for n in sys.modules if n.startswith('linekey.')}\n"
        "rooms |= {n for n in ours if n.split('.')[1] not in ('cli', 'config')}\n"
        "print(status, sorted(rooms))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "3 []"
