"""An administrator's and a reseller's day from the command line, against the real application."""

import json
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

from linekey.cli.trouble import Exit
from linekey.records.models import Person
from tests.build import Cast
from tests.cli.shell import Shell

LINE = "0033972101010"


def test_ctx_1_any_mix_of_the_nine_filters(chen: Shell, cast: Cast) -> None:
    mix = ("--client", "lumen", "--kind", "user_licence", "--state", "active", "--reference", "FPC1729")
    found = [line.split("\t")[0] for line in chen.run("services", "search", *mix).out.splitlines()]
    assert cast.licence.reference in found and all(each.startswith("FPC1729") for each in found)
    assert chen.run("services", "search", *mix, "--product", "nothing-like-it").out == ""


def test_ctx_1_the_export_is_what_the_search_finds(chen: Shell, tmp_path: Path) -> None:
    told = chen.run("services", "export", "--kind", "pppoe_access")
    assert "xdsl-ab12345-1" in told.out and LINE not in told.out


def test_team_2_the_members_are_listed_and_shown(chen: Shell, cast: Cast) -> None:
    rows = [line.split("\t") for line in chen.run("members", "list", "--role", "subscriber").out.splitlines()]
    assert "ab12345-lk" in {row[0] for row in rows} and "bc23456-lk" not in {row[0] for row in rows}
    told = json.loads(chen.run("members", "show", "ab12345-lk", "--json").out)
    assert told["name"] == "Ada Lemoine"


def test_team_4_a_member_is_unlocked(chen: Shell, cast: Cast) -> None:
    assert chen.run("members", "unlock", "ab12345-lk").status == Exit.DONE


def test_a_member_is_disabled_with_a_reason_after_the_question(chen: Shell, cast: Cast) -> None:
    asked = ("members", "disable", "ab12345-lk", "--reason", "payment")
    chen.answers = ["no"]
    told = chen.run(*asked)
    assert told.status == Exit.REFUSED and "Ada Lemoine" in told.err
    assert chen.run(*asked, "--yes").status == Exit.DONE
    assert not Person.objects.get(pk=cast.ada.pk).is_active
    assert chen.run("members", "enable", "ab12345-lk").status == Exit.DONE
    assert Person.objects.get(pk=cast.ada.pk).is_active


def test_team_10_a_member_is_invited(chen: Shell, cast: Cast) -> None:
    told = chen.run(
        *("members", "invite", "--first-name", "Nour", "--last-name", "Dupré", "--role", "subscriber"),
        *("--email", "nour@example.org", "--organisation", str(cast.lumen.pk), "--json"),
    )
    assert told.status == Exit.DONE
    assert Person.objects.filter(customer_id=json.loads(told.out)["customer_id"]).exists()


def test_new_7_the_trail_is_listed_exported_and_verified(chen: Shell, cast: Cast, tmp_path: Path) -> None:
    assert chen.run("services", "retire", LINE, "--yes").status == Exit.DONE
    assert "credential.retire" in chen.run("audit", "list", "--service", LINE).out
    since = (timezone.now() + timedelta(days=1)).isoformat()
    assert chen.run("audit", "list", "--since", since).out == ""
    place = tmp_path / "trail.jsonl"
    assert chen.run("audit", "export", "-o", str(place)).status == Exit.DONE
    assert all(json.loads(line) for line in place.read_text().splitlines())
    told = chen.run("audit", "verify")
    assert told.status == Exit.DONE and "0 faults" in told.err


def test_a_moment_that_is_none_is_status_2(chen: Shell) -> None:
    told = chen.run("audit", "list", "--since", "yesterday")
    assert told.status == Exit.USAGE and "since" in told.err


def test_the_policy_is_shown_set_and_inherited_again(chen: Shell, cast: Cast) -> None:
    lumen = str(cast.lumen.pk)
    assert "lock_after\t10\t" in chen.run("policy", "show", lumen).out
    assert "lock_after\t5\there" in chen.run("policy", "set", lumen, "lock_after=5", "--yes").out
    assert "lock_after\t10\t" in chen.run("policy", "set", lumen, "lock_after=", "--yes").out
    assert chen.run("policy", "set", lumen, "lock_after", "--yes").status == Exit.USAGE


def test_an_organisation_is_opened_with_whoever_administers_it(chen: Shell, cast: Cast) -> None:
    told = chen.run(
        *("organisations", "open", "--kind", "customer", "--name", "Studio Nord", "--yes", "--json"),
        *("--first-administrator-first-name", "Nour", "--first-administrator-last-name", "Dupré"),
        *("--first-administrator-email", "nour@example.org"),
    )
    assert told.status == Exit.DONE and json.loads(told.out)["administrator"]
    assert "Studio Nord" in chen.run("organisations", "list").out


def test_cases_are_for_support_alone(chen: Shell, now: datetime) -> None:
    assert chen.run("cases", "list").status == Exit.NOT_ALLOWED
