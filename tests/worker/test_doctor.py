"""The doctor looks at everything, says what to do, and its exit status is 0 only when all is well."""

import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from pytest_django import Settings

from linekey.vault import keyring
from linekey.worker import doctor, sink_sms


class PoliteMailServer(socketserver.StreamRequestHandler):
    """Greets, and says yes to everything (RFC 5321 section 4.3.2)."""

    def handle(self) -> None:
        self.wfile.write(b"220 mail.linekey.test\r\n")
        for line in self.rfile:
            leaving = line.upper().startswith(b"QUIT")
            self.wfile.write(b"221 bye\r\n" if leaving else b"250 yes\r\n")
            if leaving:
                return


@pytest.fixture
def mail_server() -> Iterator[int]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), PoliteMailServer) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


@pytest.fixture
def well(db: None, settings: Settings, mail_server: int, tmp_path: Path) -> Settings:
    """Settings under which nothing is wrong."""
    settings.LINEKEY_ELEMENTS = "memory"
    settings.EMAIL_PORT = mail_server
    settings.LINEKEY_KEYRING_FILE = tmp_path / "keyring.json"
    keyring.create(settings.LINEKEY_KEYRING_FILE)
    return settings


def examined(capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    status = doctor.main()
    return status, capsys.readouterr().out


def test_when_all_is_well_it_says_so_of_everything(
    well: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    status, told = examined(capsys)
    assert status == 0 and "✗" not in told and "→" not in told
    headings = [line for line in told.splitlines() if not line.startswith(" ")]
    assert headings == [
        "✓ linekey (desk)",
        "✓ kamailio-1 (registrar)",
        "✓ freeradius-1 (access server)",
        f"✓ 127.0.0.1:{well.EMAIL_PORT} (mail server)",
    ]
    assert f"the database answers ({connection.vendor})" in told


def test_a_mail_server_that_is_away_is_named_with_its_remedy(
    well: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    well.EMAIL_PORT = 1
    status, told = examined(capsys)
    assert status == 1 and "✗ 127.0.0.1:1 (mail server)" in told
    assert "→ Start the mail server" in told


def test_an_sms_gateway_that_takes_our_texts_is_named(
    well: Settings, capsys: pytest.CaptureFixture[str], tmp_path: Path, free_port: int
) -> None:
    well.LINEKEY_SMS_URL = f"http://127.0.0.1:{free_port}{sink_sms.PATH}"
    with sink_sms.sms_gateway(free_port, tmp_path):
        status, told = examined(capsys)
    assert status == 0 and f"✓ {well.LINEKEY_SMS_URL} (SMS gateway)" in told
    assert "takes our texts" in told and list(tmp_path.glob("*.txt")) == []


def test_an_sms_gateway_that_is_away_is_named_with_its_remedy(
    well: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    well.LINEKEY_SMS_URL, well.LINEKEY_SMS_PASSWORD = "http://127.0.0.1:1/cgi-bin/sendsms", "not told"
    status, told = examined(capsys)
    assert status == 1 and "✗ http://127.0.0.1:1/cgi-bin/sendsms (SMS gateway)" in told
    assert "→ Start the SMS gateway" in told and "not told" not in told


def test_a_keyring_others_may_read_is_named_with_the_command_that_helps(
    well: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    well.LINEKEY_KEYRING_FILE.chmod(0o640)
    status, told = examined(capsys)
    assert status == 1 and f"→ Run `chmod 600 {well.LINEKEY_KEYRING_FILE}`." in told


@pytest.mark.parametrize("content", [None, "not json", "{}", '{"current": "k1", "keys": {"k1": "c2hvcnQ="}}'])
def test_a_keyring_that_is_lost_or_broken_is_said_to_be_restored(
    well: Settings, capsys: pytest.CaptureFixture[str], tmp_path: Path, content: str | None
) -> None:
    well.LINEKEY_KEYRING_FILE = tmp_path / "broken.json"
    if content is not None:
        well.LINEKEY_KEYRING_FILE.write_text(content)
    status, told = examined(capsys)
    assert status == 1 and f"→ Restore {well.LINEKEY_KEYRING_FILE} from its backup" in told


def test_tables_of_an_older_release_are_said_to_be_migrated(
    well: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    [newest] = MigrationLoader(connection).graph.leaf_nodes("linekey")
    MigrationRecorder(connection).record_unapplied(*newest)
    status, told = examined(capsys)
    assert status == 1 and "✗ schema: 1 migrations wait" in told and "→ Run `linekey migrate`." in told


def test_a_missing_key_of_the_access_server_is_said_where_to_find_it(
    well: Settings, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    well.LINEKEY_ELEMENTS = "real"
    well.LINEKEY_RADIUS_KEY_FILE = tmp_path / "nowhere.key"
    status, told = examined(capsys)
    assert status == 1 and "✗ freeradius-1 (access server)" in told and "LINEKEY_RADIUS_KEY_FILE" in told
