"""What stands in an event, and when it is sent again."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from linekey.domain.errors import Malformed
from linekey.domain.webhooks import (
    BY_ACTION,
    EVENTS,
    PAUSES,
    SUBJECTS,
    TYPES,
    Told,
    body_of,
    lineage,
    pause_after,
    quiet_after,
    require_name,
    require_types,
)

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def test_each_event_has_one_name_and_each_act_one_event() -> None:
    assert len(TYPES) == len(EVENTS)
    assert len(BY_ACTION) == sum(len(event.actions) for event in EVENTS)
    assert all(name.replace("_", "").replace(".", "").isalpha() for name in TYPES)


def test_only_chosen_facts_go_out() -> None:
    facts = {"version": "7", "grace_hours": "24", "address": "192.0.2.7", "request": "r", "compromised": ""}
    told = Told(9, service="0033972101010", kind="sip_line", person="ab12345-lk", by=None, door="portal")
    found = json.loads(body_of(TYPES["credential.reset"], told, facts, AT))
    assert found == {
        "type": "credential.reset",
        "timestamp": "2026-03-02T09:30:00.000000Z",
        "data": {
            "organisation": 9,
            "service": {"reference": "0033972101010", "kind": "sip_line"},
            "person": "ab12345-lk",
            "by": None,
            "door": "portal",
            "version": 7,
            "grace_hours": 24,
        },
    }


def test_an_event_may_be_about_nobody() -> None:
    found = json.loads(body_of(TYPES["case.opened"], Told(None), {"case": "DOS-7K3F-92QD"}, AT))
    assert found["data"] == {"organisation": None, "by": None, "door": "system", "case": "DOS-7K3F-92QD"}


def test_an_event_belongs_to_its_organisation_and_to_all_above() -> None:
    assert lineage("1.4.9.") == ["1.", "1.4.", "1.4.9."]
    assert lineage("") == []


def test_it_is_sent_again_for_three_days_and_then_no_more() -> None:
    pauses = [pause_after(attempts, chance=0) for attempts in range(1, len(PAUSES) + 2)]
    assert pauses == [*PAUSES, None]
    assert timedelta(days=3) < sum(PAUSES, timedelta(0)) < timedelta(days=4)


def test_attempts_that_failed_together_come_back_spread() -> None:
    assert pause_after(2, chance=1.0) == timedelta(minutes=5, seconds=30)


def test_a_receiver_may_ask_for_time() -> None:
    assert pause_after(1, chance=0, asked=120) == timedelta(minutes=2)
    assert pause_after(1, chance=0, asked=999_999) == timedelta(days=1)


def test_whoever_fails_again_and_again_is_left_alone_five_minutes_at_most() -> None:
    assert quiet_after(2) == timedelta(0)
    assert quiet_after(3) == timedelta(seconds=5)
    assert quiet_after(4) == timedelta(seconds=10)
    assert quiet_after(1000) == timedelta(minutes=5)


def test_a_name_is_one_line() -> None:
    assert require_name("  ERP ") == "ERP"
    for name in ("", "x" * 61, "a\nb", "a\0"):
        with pytest.raises(Malformed):
            require_name(name)


def test_events_nobody_knows_are_refused() -> None:
    assert require_types(["member.invited", "credential.changed"]) == ["credential.changed", "member.invited"]
    with pytest.raises(Malformed):
        require_types(["credential.changed", "credential.stolen"])


def test_each_event_stands_under_one_subject() -> None:
    words = [word for subject in SUBJECTS.values() for word in subject]
    assert sorted(words) == sorted({event.subject for event in EVENTS})
