"""Law 5 for an import: what stood in a table in clear stands nowhere afterwards, the report included."""

import logging
import sqlite3
from pathlib import Path

import pytest
from pytest_django import Settings

from linekey.domain.secret import Secret
from linekey.records.models import Service
from linekey.worker import import_existing
from tests.build import REALM, Cast
from tests.laws.test_law_5_secrets_stay_secret import assert_nowhere, digests_of, everything_stored

CANARIES = {"ada": "Canari-4718-jaune", "eve": "Canari-2201-rouge", "box@isp": "Canari-3377-vert"}


def test_imported_passwords_are_kept_nowhere(
    committed: Cast,
    settings: Settings,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path, report = tmp_path / "existing.db", tmp_path / "report.csv"
    with sqlite3.connect(path) as connection:
        connection.executescript(
            "CREATE TABLE subscriber (id INTEGER PRIMARY KEY, username, domain, password, ha1, ha1b);"
            "CREATE TABLE radcheck (id INTEGER PRIMARY KEY, username, attribute, op, value);"
        )
        lines = [("ada", REALM, CANARIES["ada"], "", ""), ("eve", REALM, CANARIES["eve"], "0" * 32, "")]
        connection.executemany(
            "INSERT INTO subscriber (username, domain, password, ha1, ha1b) VALUES (?, ?, ?, ?, ?)", lines
        )
        row = ("box@isp", "Cleartext-Password", ":=", CANARIES["box@isp"])
        connection.execute("INSERT INTO radcheck (username, attribute, op, value) VALUES (?, ?, ?, ?)", row)
    connection.close()
    settings.LINEKEY_REGISTRAR_STORE = settings.LINEKEY_RADIUS_STORE = f"sqlite:///{path}"
    file = tmp_path / "lines.csv"
    file.write_text(
        f"username;domain;password\nzoe;{REALM};{CANARIES['ada']}\nzoe;{REALM};{CANARIES['eve']}\n"
    )
    told = b""
    with caplog.at_level(logging.DEBUG):
        for words in (["kamailio"], ["radius"], ["csv", str(file)]):
            common = ["--organisation", "CLI-00042", "--report", str(report)]
            assert import_existing.main([*words, *common], variable=str) in (0, 1)
            told += report.read_bytes()
    said = capsys.readouterr()
    line = Service.objects.get(reference="ada")
    secrets = [*CANARIES.values(), *digests_of(line, Secret(CANARIES["ada"]))]
    heard = (said.out + said.err + caplog.text).encode()
    assert b"ada" in told and Service.objects.filter(reference="box@isp").exists()
    assert_nowhere(secrets, told, heard, everything_stored())
