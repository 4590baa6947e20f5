"""The demo operator: loaded once, with sign-ins that work and the facts scripts need in a private file."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from linekey.domain.access import Role
from linekey.domain.secret import Secret
from linekey.records.models import OutboxEffect, Person, Service
from linekey.usecases import sign_in
from linekey.worker import demo
from tests.build import visitor
from tests.hands import Hands, work

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def home(tmp_path: Path, settings: Settings) -> Path:
    settings.LINEKEY_HOME = tmp_path
    return tmp_path


@pytest.fixture
def facts(home: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert demo.main() == 0
    loaded: dict[str, Any] = json.loads((home / "demo.json").read_text())
    return loaded


def test_the_facts_have_exactly_the_names_scripts_rely_on(facts: dict[str, Any]) -> None:
    assert facts.keys() == {"url", "sip", "radius", "accounts", "ovh", "mail_dir", "sms_dir"}
    assert facts["sip"].keys() == {"host", "port", "realm"}
    assert facts["radius"].keys() == {"host", "auth_port", "acct_port", "secret"}
    assert all(
        account.keys() == {"role", "customer_id", "email", "password"} for account in facts["accounts"]
    )
    assert facts["ovh"].keys() == {
        "endpoint",
        "application_key",
        "application_secret",
        "consumer_key",
        "billing_account",
        "line",
        "line_username",
        "line_password",
        "xdsl",
        "ppp_login",
        "ppp_password",
    }
    assert isinstance(facts["url"], str) and isinstance(facts["mail_dir"], str)
    assert all(isinstance(value, str) and value for value in facts["ovh"].values())


def test_there_is_somebody_of_every_role_but_one(facts: dict[str, Any]) -> None:
    roles = {account["role"] for account in facts["accounts"]}
    assert roles == {role.value for role in Role} - {Role.COMPANY_ADMIN.value}


def test_everybody_signs_in_with_customer_id_and_e_mail(facts: dict[str, Any]) -> None:
    for account in facts["accounts"]:
        for identifier in (account["customer_id"], account["email"]):
            entered = sign_in.enter(
                identifier=identifier,
                password=Secret(account["password"]),
                visitor=visitor(),
                now=Person.objects.get(customer_id=account["customer_id"]).created_at,
            )
            # Ève's company asks for a code by mail in a new browser.
            new_browser = account["customer_id"].startswith("ev")
            assert isinstance(entered, sign_in.ProofWanted if new_browser else sign_in.SignedIn)


def test_its_line_and_its_access_work_once_the_worker_has_run(facts: dict[str, Any], hands: Hands) -> None:
    work(hands)
    ovh = facts["ovh"]
    line, access = (Service.objects.get(reference=ovh[name]) for name in ("line", "xdsl"))
    assert hands.registers(line, ovh["line_password"])
    assert hands.logs_in(access, ovh["ppp_password"]) and access.ppp.login == ovh["ppp_login"]
    assert line.billing_account == ovh["billing_account"]
    assert not OutboxEffect.objects.filter(state="dead").exists()


def test_the_file_is_for_its_owner_alone_even_where_one_lay_open(home: Path) -> None:
    (home / "demo.json").write_text("{}")
    (home / "demo.json").chmod(0o644)
    assert demo.main() == 0
    assert stat.S_IMODE((home / "demo.json").stat().st_mode) == 0o600


def test_a_second_time_loads_nothing_and_says_so(
    facts: dict[str, Any], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (home / "demo.json").read_bytes()
    capsys.readouterr()
    assert demo.main() == 1
    told = capsys.readouterr()
    assert told.out == "" and told.err == "The tables hold an operator already: nothing was loaded.\n"
    assert (home / "demo.json").read_bytes() == before and Person.objects.count() == len(facts["accounts"])


def test_the_sign_ins_are_printed_for_whoever_started_it(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    demo.main()
    told = capsys.readouterr().out
    for account in json.loads((home / "demo.json").read_text())["accounts"]:
        line = next(line for line in told.splitlines() if account["customer_id"] in line)
        assert account["email"] in line and account["password"] in line and account["role"] in line
