"""NEW-9: `linekey import` takes an existing installation over, and cuts nobody."""

import csv
import hashlib
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django import Settings

from linekey.records.models import AuditEntry, CredentialVersion, Service
from linekey.worker import import_existing
from tests.build import REALM, Cast

pytestmark = pytest.mark.django_db(transaction=True)


def ha1(user: str, password: str, realm: str = REALM, *, domain: bool = False) -> str:
    name = f"{user}@{realm}" if domain else user
    return hashlib.md5(f"{name}:{realm}:{password}".encode(), usedforsecurity=False).hexdigest()


@pytest.fixture
def table(tmp_path: Path, settings: Settings) -> Callable[..., None]:
    """Fills a `subscriber` as `kamdbctl` makes it: (username, domain, password, ha1, ha1b)."""
    path = tmp_path / "kamailio.db"
    connection = sqlite3.connect(path)
    connection.execute(
        "CREATE TABLE subscriber (id INTEGER PRIMARY KEY, username TEXT, domain TEXT, password TEXT,"
        " ha1 TEXT, ha1b TEXT, UNIQUE (username, domain))"
    )
    connection.close()
    settings.LINEKEY_REGISTRAR_STORE = f"sqlite:///{path}"

    def fill(*rows: tuple[object, ...]) -> None:
        connection = sqlite3.connect(path)
        with connection:
            connection.executemany(
                "INSERT OR REPLACE INTO subscriber (username, domain, password, ha1, ha1b)"
                " VALUES (?, ?, ?, ?, ?)",
                rows,
            )
        connection.close()

    return fill


def run(*words: str, **variables: str) -> int:
    return import_existing.main(words, variable=variables.__getitem__)


def report(folder: Path) -> list[dict[str, str]]:
    with (folder / "report.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_a_table_is_tried_first_then_taken_over_and_the_second_time_changes_nothing(
    cast: Cast, table: Callable[..., None], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    table(
        ("0033972303030", REALM, "", ha1("0033972303030", "one"), ha1("0033972303030", "one", domain=True)),
        ("0033972303031", REALM, "two", "", ""),
    )
    words = ("kamailio", "--organisation", "CLI-00042", "--json", "--report", str(tmp_path / "report.csv"))
    assert run(*words, "--dry-run") == 0
    assert json.loads(capsys.readouterr().out)["new"] == 2
    assert not CredentialVersion.objects.exists()
    assert run(*words) == 0
    line = Service.objects.get(reference="0033972303030")
    assert (line.organisation, line.sip.number) == (cast.lumen, "+33972303030")
    version = line.versions.get()
    assert (version.verb, version.state, version.number) == ("import", "live", 1)
    assert run(*words) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["same"] == 2
    assert [row["outcome"] for row in report(tmp_path)] == ["same", "same"]
    assert CredentialVersion.objects.count() == 2
    assert AuditEntry.objects.filter(action="service.import", door="server").count() == 2


def test_each_row_is_told_in_the_report_and_what_is_wrong_makes_the_status_one(
    cast: Cast, table: Callable[..., None], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    table(
        ("=cmd|'/C calc'!A0", REALM, "", ha1("x", "x"), ""),
        ("bob", REALM, None, None, None),
        (b"caf\xe9", REALM, "", ha1("x", "x"), ""),
        ("carol", REALM, "clear", ha1("carol", "another"), ""),
        (33972303033, REALM, "clear", "", ""),
    )
    words = ("kamailio", "--organisation", "CLI-00042", "--report", str(tmp_path / "report.csv"))
    assert run(*words) == 1
    told = capsys.readouterr().out
    assert "1  new: services Linekey did not know" in told and "[clear_text]" in told
    assert "“…”" in told and f"Row by row: {tmp_path / 'report.csv'}" in told
    assert [(row["place"], row["outcome"], row["code"]) for row in report(tmp_path)] == [
        ("id 1", "refused", "bad_name"),
        ("id 2", "refused", "no_password"),
        ("id 3", "refused", "unreadable"),
        ("id 4", "refused", "two_passwords"),
        ("id 5", "new", "clear_text"),
    ]
    assert (tmp_path / "report.csv").stat().st_mode & 0o777 == 0o600
    assert report(tmp_path)[0]["name"].startswith("'=")
    assert run(*words, "--trust", "password", "--dry-run") == 1
    assert "would be new" in capsys.readouterr().out
    assert report(tmp_path)[3]["outcome"] == "new"


def test_a_file_says_whose_the_lines_of_a_table_are(
    cast: Cast, table: Callable[..., None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table(
        ("ada", REALM, "", ha1("ada", "x"), ""), ("ada", "other.test", "", ha1("ada", "x", "other.test"), "")
    )
    file = tmp_path / "whose.csv"
    file.write_text(
        f"identifiant_sip;domaine;client;nom\nada;{REALM};CLI-00042;L'accueil\nada;;CLI-00108;Ève\n"
    )
    assert run("kamailio", "--details", str(file)) == 0
    ours, theirs = (
        Service.objects.get(reference=f"ada@{REALM}"),
        Service.objects.get(reference="ada@other.test"),
    )
    assert (ours.organisation, ours.name) == (cast.lumen, "L'accueil")
    assert (theirs.organisation, theirs.name) == (cast.verne, "Ève")
    file.write_text("identifiant_sip;mot_de_passe\nada;secret\n")
    assert run("kamailio", "--details", str(file)) == 2
    assert "line 2" in capsys.readouterr().err


def test_logins_of_a_radcheck_and_rows_of_a_file_are_taken_the_same_way(
    cast: Cast, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "radius.db"
    connection = sqlite3.connect(path)
    connection.executescript(
        "CREATE TABLE radcheck (id INTEGER PRIMARY KEY, username TEXT, attribute TEXT, op TEXT, value TEXT);"
        "CREATE TABLE radusergroup (username TEXT, groupname TEXT, priority INTEGER);"
        "CREATE TABLE radgroupcheck (groupname TEXT, attribute TEXT, op TEXT, value TEXT);"
    )
    rows = [
        ("a@isp", "Cleartext-Password", ":=", '"in quotes"'),
        ("b@isp", "Crypt-Password", ":=", "$6$x"),
        ("a@isp", "Calling-Station-Id", "==", "box"),
        ("c@isp", "Cleartext-Password", ":=", "`id`"),
        ("d@isp", "Cleartext-Password", ":=", "\\x41"),
        ("e@isp", "Simultaneous-Use", ":=", "1"),
    ]
    with connection:
        connection.executemany(
            "INSERT INTO radcheck (username, attribute, op, value) VALUES (?, ?, ?, ?)", rows
        )
        connection.execute("INSERT INTO radusergroup VALUES ('e@isp', 'all', 1)")
        connection.execute("INSERT INTO radgroupcheck VALUES ('all', 'cleartext-password', ':=', 'shared')")
    connection.close()
    settings.LINEKEY_RADIUS_STORE = f"sqlite:///{path}"
    words = ("--organisation", "CLI-00042", "--report", str(tmp_path / "report.csv"))
    assert run("radius", *words) == 1
    assert [(row["name"], row["outcome"], row["code"]) for row in report(tmp_path)] == [
        ("a@isp", "new", "clear_text"),
        ("b@isp", "new", "element_only"),
        ("c@isp", "refused", "expanded"),
        ("d@isp", "refused", "escaped"),
        ("e@isp", "refused", "in_group"),
    ]
    file = tmp_path / "file.csv"
    file.write_text("login;password;username;ha1\na@isp;in quotes;;\n;;0033972303034;" + ha1("x", "y"))
    assert run("csv", str(file), "--domain", REALM, *words) == 0
    assert [(row["place"], row["outcome"]) for row in report(tmp_path)] == [
        ("line 2", "same"),
        ("line 3", "new"),
    ]


def test_the_address_of_a_database_is_no_argument_where_it_holds_a_password(
    cast: Cast,
    table: Callable[..., None],
    settings: Settings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    table(("ada", REALM, "", ha1("ada", "x"), ""))
    secret, where = "a-secret-in-an-address", tmp_path / "address"
    where.write_text(f"{settings.LINEKEY_REGISTRAR_STORE}\n")
    whose = ("--organisation", "CLI-00042", "--dry-run")
    for source in (f"file:{where}", settings.LINEKEY_REGISTRAR_STORE, "env:THEIRS"):
        assert run("kamailio", "--from", source, *whose, THEIRS=settings.LINEKEY_REGISTRAR_STORE) == 0
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff")
    wrong = (f"mysql://root:{secret}@db.example/kamailio", "nonsense", "oracle://db.example/x")
    for source in (*wrong, f"file:{tmp_path / 'nothing'}", f"file:{binary}"):
        assert run("kamailio", "--from", source, *whose) == 2
    assert run("kamailio", "--from", f"sqlite:///{tmp_path / 'absent.db'}", *whose) == 5
    assert run("csv", str(tmp_path / "absent.csv"), *whose) == 2
    assert run("kamailio", *whose, "--report", str(tmp_path)) == 2
    told = capsys.readouterr()
    assert secret not in told.out + told.err and "must not be an argument" in told.err


def test_somebody_answers_for_an_import(
    cast: Cast, table: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    table(("ada", REALM, "", ha1("ada", "x"), ""))
    assert run("kamailio", "--as", "nobody-lk") == 2
    assert run("kamailio", "--as", cast.ada.customer_id, "--organisation", "CLI-00042") == 3
    assert run("kamailio", "--as", cast.chen.customer_id.upper(), "--organisation", "CLI-00042") == 0
    assert AuditEntry.objects.get(action="services.import").actor_id == cast.chen.pk
    cast.dina.role = "operator_admin"
    cast.dina.save()
    assert run("kamailio") == 2
