"""The audit trail for programs: a list, lines to verify elsewhere, and a verification."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from linekey.domain.access import Scope
from linekey.records.models import AuditEntry
from linekey.usecases import chain_audit
from tests.api.programs import Program, key_of
from tests.audit.conftest import trail_of, unlocked, write
from tests.build import Cast

CALLS = (("GET", "/audit"), ("GET", "/audit/export"), ("POST", "/audit/verify"))


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def bruno(cast: Cast) -> Program:
    return Program.with_secret(key_of(cast.bruno, {Scope.AUDIT}))


def test_a_program_reads_the_trail_a_page_at_a_time(cast: Cast, bruno: Program, now: datetime) -> None:
    write(cast, 150, now)
    first = bruno.get("/audit?group=credential").value
    assert len(first["entries"]) == 100
    entry = first["entries"][0]
    assert (entry["action"], entry["by_id"]) == ("credential.reset", cast.bruno.customer_id)
    assert (entry["service"], entry["number"], entry["digest"]) == (cast.line.reference, None, "")
    second = bruno.get(f"/audit?group=credential&before={first['next']}").value
    assert (len(second["entries"]), second["next"]) == (50, None)


def test_a_program_takes_the_trail_out_in_parts_and_that_is_noted_once(
    cast: Cast, bruno: Program, now: datetime
) -> None:
    trail_of(cast, 501, now)
    answer = bruno.get("/audit/export?group=credential")
    first, first_asked = answer.value, answer.headers
    second = bruno.get(f"/audit/export?group=credential&after={first['next']}").value
    entries = [line for part in (first, second) for line in part["lines"] if line["type"] == "entry"]
    assert (len(entries), second["next"]) == (501, None)
    assert [line["type"] for line in second["lines"]][-2:] == ["checkpoint", "key"]
    (noted,) = AuditEntry.objects.filter(action="audit.exported")
    assert noted.facts.pop("request") == first_asked["X-Request-Id"]
    assert noted.facts == {"form": "json", "asked": "group=credential"}
    assert noted.actor_id == cast.bruno.pk


def test_a_program_has_it_verified(cast: Cast, bruno: Program, now: datetime) -> None:
    trail_of(cast, 5, now)
    good = bruno.post("/audit/verify").value
    assert good["ended"] and good["findings"] == [] and good["faults"] == 0
    with unlocked():
        AuditEntry.objects.filter(chain=cast.lumen.pk, number=3).delete()
    told = bruno.post("/audit/verify").value
    assert told["faults"] == 1
    (finding,) = told["findings"]
    assert finding["sentence"] == "Entry 3 is missing."
    assert (finding["organisation"], finding["code"], finding["note"]) == ("Atelier Lumen", "missing", False)


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_a_subscriber_has_no_business_here(cast: Cast, method: str, path: str) -> None:
    answer = Program.with_secret(key_of(cast.ada)).call(method, path)
    assert (answer.status, answer.code) == (403, "not_allowed")


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_a_key_without_the_scope_reads_nothing(cast: Cast, method: str, path: str) -> None:
    answer = Program.with_secret(key_of(cast.bruno, {Scope.READ})).call(method, path)
    assert (answer.status, answer.code) == (403, "scope_not_granted")


@pytest.mark.parametrize(
    "query",
    [
        "group=moon",
        "door=window",
        "since=yesterday",
        "since=2026-03-02T09:30:00",
        "before=x",
        "before=0",
        f"before={2**63}",
        f"person={'a' * 61}",
        "service=%00",
        "text=%0d%0a",
        "text=%ed%a0%80",
    ],
)
def test_nonsense_is_refused_or_finds_nothing(cast: Cast, bruno: Program, query: str) -> None:
    answer = bruno.get(f"/audit?{query}")
    assert answer.status in (200, 400)
    assert answer.status == 400 or answer.value["entries"] == []


def test_a_run_goes_on_where_it_stopped(cast: Cast, bruno: Program, now: datetime) -> None:
    trail_of(cast, 3, now)
    first = bruno.post("/audit/verify").value
    again = bruno.post(f"/audit/verify?since={first['since'].replace('+', '%2B')}").value
    assert again["since"] == first["since"] and again["ended"]
    chain_audit.chain_audit(now=now + timedelta(seconds=9))
    assert bruno.post("/audit/verify?since=2999-01-01T00:00:00Z").value["ended"]
    assert bruno.post("/audit/verify?since=never").status == 400
