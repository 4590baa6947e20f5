"""NEW-11 for programs: what needs attention, as the key's owner sees it, and who tried wrong passwords."""

from datetime import datetime

import pytest
from django.utils import timezone

from linekey.domain.access import Scope
from linekey.usecases import keep_health
from tests.api.programs import Program, key_of
from tests.attacks import BURST, STRANGER, guess
from tests.build import Cast

LINE = "0033972101010"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def test_what_needs_attention_with_what_may_be_done(cast: Cast, chen: Program, now: datetime) -> None:
    guess(cast.line, now)
    keep_health.keep(now=now)
    told = chen.get("/health").value
    assert [(row["what"], row["count"], row["more"]) for row in told["counts"]] == [
        ("attacked", 1, False),
        ("no_second_factor", 2, False),
    ]
    worst = told["worst"][0]
    assert (worst["reference"], worst["count"], worst["actions"]) == (
        LINE,
        BURST,
        ["reset", "send", "retire"],
    )
    assert len(told["refused"]) == 30 and told["refused"][-1]["count"] == BURST
    listed = chen.get("/health/attention?kind=attacked").value
    assert [row["reference"] for row in listed["items"]] == [LINE] and listed["next"] is None


def test_a_key_is_told_of_what_its_scopes_include(cast: Cast, now: datetime) -> None:
    guess(cast.line, now)
    keep_health.keep(now=now)
    told = Program.with_token(key_of(cast.chen, {Scope.READ})).get("/health").value
    assert [row["what"] for row in told["counts"]] == ["attacked"]
    assert told["worst"][0]["actions"] == []


def test_who_tried_wrong_passwords(cast: Cast, ada: Program, now: datetime) -> None:
    guess(cast.line, now)
    told = ada.get(f"/services/{LINE}/failed-logins").value
    assert told["attacked"] and told["source_count"] == 1
    assert (told["sources"][0]["source"], told["sources"][0]["count"]) == (STRANGER, BURST)
    assert ada.get("/services/0033972202020/failed-logins").code == "not_found"


def test_a_kind_nobody_knows_is_named(ada: Program) -> None:
    answer = ada.get("/health/attention?kind=haunted")
    assert (answer.status, answer.value["field"]) == (400, "kind")
