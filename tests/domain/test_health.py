"""What needs attention, and what does not: thresholds from both sides, and what no rule may ever do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linekey.domain.attention import OF_SERVICES, TABLE, WORST_FIRST, Attention
from linekey.domain.health import (
    BURST_LASTS,
    BURSTS,
    UNUSED_AFTER,
    Facts,
    Refusals,
    host,
    judge,
    wants_look,
    weaker,
)
from linekey.domain.kinds import HOSTED_PBX, PPPOE_ACCESS, SIP_LINE, Kind

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HOUR = NOW.replace(minute=0)
DAY = timedelta(days=1)
FRESH = Facts(SIP_LINE, made_at=NOW - 3 * DAY, live_at=NOW - 3 * DAY, used=True)


def kinds(facts: Facts, now: datetime = NOW) -> list[Attention]:
    return [found.what for found in judge(facts, now)]


def refused(count: int, hour: datetime = HOUR, *, most: int | None = None, sources: int = 1) -> Refusals:
    return Refusals(hour, count, count if most is None else most, sources)


def test_every_kind_of_attention_has_its_meaning_and_the_worst_come_first() -> None:
    assert set(TABLE) == set(Attention)
    tones = [TABLE[what].tone for what in WORST_FIRST]
    assert tones == sorted(tones, key=["danger", "warning", "info"].index)
    assert set(BURSTS) == {SIP_LINE, PPPOE_ACCESS}


def test_a_password_in_use_needs_nothing() -> None:
    assert judge(FRESH, NOW) == []


@pytest.mark.parametrize("kind", [SIP_LINE, PPPOE_ACCESS])
def test_a_password_is_old_from_its_renewal_age_on(kind: Kind) -> None:
    age = timedelta(days=kind.renew_after_days)
    made = replace(FRESH, kind=kind, made_at=NOW - age)
    assert kinds(made) == [Attention.OLD]
    assert judge(made, NOW)[0].since == NOW
    assert kinds(replace(made, made_at=NOW - age + timedelta(seconds=1))) == []


def test_a_line_is_attacked_from_the_threshold_of_one_source_on() -> None:
    most = 150
    facts = replace(FRESH, refused=(refused(most),), sources=1)
    assert kinds(facts) == [Attention.ATTACKED]
    found = judge(facts, NOW)[0]
    assert (found.count, found.sources, found.since) == (most, 1, HOUR)
    assert kinds(replace(facts, refused=(refused(most - 1),))) == []


def test_the_box_of_an_access_redials_for_ever_and_is_no_attack() -> None:
    assert kinds(replace(FRESH, kind=PPPOE_ACCESS, refused=(refused(10_000),))) == []


@pytest.mark.parametrize("kind", [SIP_LINE, PPPOE_ACCESS])
def test_few_guesses_each_from_many_sources_are_an_attack_too(kind: Kind) -> None:
    few, many = BURSTS[kind].spread, BURSTS[kind].sources
    for count, sources, attacked in ((few, many, True), (few - 1, many, False), (few, many - 1, False)):
        facts = replace(FRESH, kind=kind, refused=(refused(count, most=1, sources=sources),))
        assert kinds(facts) == ([Attention.ATTACKED] if attacked else [])


def test_guesses_over_several_hours_are_no_burst() -> None:
    hours = tuple(refused(40, HOUR - timedelta(hours=number)) for number in range(12))
    assert kinds(replace(FRESH, refused=hours)) == []


def test_an_attack_is_over_a_day_after_its_last_burst() -> None:
    last = replace(FRESH, refused=(refused(1000),))
    assert kinds(last, HOUR + BURST_LASTS - timedelta(seconds=1)) == [Attention.ATTACKED]
    assert kinds(last, HOUR + BURST_LASTS) == []


def test_a_new_password_ends_an_attack_once_the_old_one_is_refused() -> None:
    guessed = (refused(1000, HOUR - timedelta(hours=2)),)
    facts = replace(FRESH, refused=guessed)
    assert kinds(facts) == [Attention.ATTACKED]
    assert kinds(replace(facts, replaced_at=HOUR + timedelta(minutes=5))) == []
    assert kinds(replace(facts, replaced_at=HOUR - timedelta(minutes=65))) == [], "within that very hour"
    assert kinds(replace(facts, replaced_at=HOUR - timedelta(hours=3))) == [Attention.ATTACKED]


def test_a_stopped_change_is_told() -> None:
    assert [(found.what, found.since) for found in judge(replace(FRESH, stopped_at=NOW), NOW)] == [
        (Attention.STOPPED, NOW)
    ]


def test_a_device_which_stayed_away_is_told_until_somebody_sees_it() -> None:
    away = replace(FRESH, used=False, stayed_away_at=NOW - 2 * DAY)
    assert kinds(away) == [Attention.NOT_BACK]
    assert kinds(replace(away, online=True, seen_at=NOW - 3 * DAY)) == [Attention.NOT_BACK]
    assert kinds(replace(away, online=True, seen_at=NOW - DAY)) == []
    assert kinds(replace(away, used=True)) == []
    assert kinds(replace(away, made_at=None)) == []


def test_an_unused_grace_is_told_in_its_last_day() -> None:
    open_grace = replace(FRESH, used=False, retire_at=NOW + DAY)
    found = judge(open_grace, NOW)
    assert [(one.what, one.until) for one in found] == [(Attention.GRACE_ENDING, NOW + DAY)]
    assert kinds(open_grace, NOW - timedelta(seconds=1)) == []
    assert kinds(open_grace, NOW + DAY) == []
    assert kinds(replace(open_grace, used=True)) == []
    assert kinds(replace(open_grace, live_at=None)) == []


def test_a_short_grace_is_told_in_its_second_half() -> None:
    short = replace(FRESH, used=False, live_at=NOW, retire_at=NOW + timedelta(hours=4))
    assert kinds(short, NOW + timedelta(hours=1)) == []
    assert kinds(short, NOW + timedelta(hours=2)) == [Attention.GRACE_ENDING]


@pytest.mark.parametrize(
    ("made", "now", "out_of_date"),
    [
        ("legacy", "anssi", True),
        ("legacy", "nist", True),
        ("anssi", "nist", True),
        ("nist", "anssi", False),
        ("anssi", "legacy", False),
        ("nist", "legacy", False),
        ("legacy", "legacy", False),
        ("", "nist", False),
        ("a preset of a newer release", "nist", False),
    ],
)
def test_a_password_is_out_of_date_when_weaker_rules_let_it_pass(
    made: str, now: str, out_of_date: bool
) -> None:
    assert weaker(made, now) is out_of_date
    assert (Attention.OUTDATED in kinds(replace(FRESH, rules=made, rules_now=now))) is out_of_date


def test_no_password_is_out_of_date_when_there_is_none() -> None:
    assert kinds(replace(FRESH, made_at=None, rules="legacy", rules_now="nist")) == []


def test_never_used_is_said_only_after_a_look() -> None:
    unused = replace(FRESH, used=False, made_at=NOW - 20 * DAY, live_at=NOW - 20 * DAY)
    assert kinds(unused) == [] and wants_look(unused, NOW)
    looked = replace(unused, seen_at=NOW - DAY)
    assert kinds(looked) == [Attention.NEVER_USED] and not wants_look(looked, NOW)
    early = replace(unused, seen_at=NOW - 10 * DAY)
    assert kinds(early) == [] and wants_look(early, NOW)
    for known in (
        replace(looked, used=True),
        replace(looked, online=True),
        replace(looked, live_at=None),
        replace(looked, live_at=NOW - UNUSED_AFTER + timedelta(seconds=1)),
        replace(looked, made_at=None),
    ):
        assert kinds(known) == [] and not wants_look(known, NOW)


def test_a_look_is_believed_for_a_week_and_of_a_missing_device_for_minutes() -> None:
    unused = replace(FRESH, used=False, made_at=NOW - 40 * DAY, live_at=NOW - 40 * DAY, seen_at=NOW - 8 * DAY)
    assert kinds(unused) == [Attention.NEVER_USED] and wants_look(unused, NOW)
    away = replace(FRESH, used=False, stayed_away_at=NOW - DAY)
    assert wants_look(away, NOW)
    assert wants_look(replace(away, seen_at=NOW - timedelta(minutes=16)), NOW)
    assert not wants_look(replace(away, seen_at=NOW - timedelta(minutes=14)), NOW)
    assert not wants_look(replace(away, active=False), NOW)


def test_a_device_which_stayed_away_is_not_told_twice() -> None:
    away = replace(
        FRESH, used=False, made_at=NOW - 20 * DAY, live_at=NOW - 20 * DAY, seen_at=NOW, stayed_away_at=NOW
    )
    assert kinds(away) == [Attention.NOT_BACK]


def test_nothing_is_said_of_a_service_which_is_not_active_or_has_no_secret() -> None:
    wrong = replace(FRESH, made_at=NOW - 900 * DAY, refused=(refused(5000),), stopped_at=NOW)
    assert kinds(wrong)
    assert judge(replace(wrong, active=False), NOW) == []
    assert judge(replace(wrong, kind=HOSTED_PBX), NOW) == []


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ("203.0.113.9:5060", "203.0.113.9"),
        ("[2001:db8::1]:5060", "2001:db8::1"),
        ("00-11-22-AA-BB-CC", "00-11-22-AA-BB-CC"),
        ("", ""),
    ],
)
def test_a_source_is_its_address(source: str, address: str) -> None:
    assert host(source) == address


moments = st.none() | st.integers(-900, 100).map(lambda days: NOW + timedelta(days=days / 2))
refusals = st.builds(
    refused,
    st.integers(1, 2000),
    st.sampled_from([HOUR - timedelta(hours=number) for number in range(40)]),
    sources=st.integers(1, 9),
)
anything = st.builds(
    Facts,
    kind=st.sampled_from([SIP_LINE, PPPOE_ACCESS]),
    made_at=moments,
    live_at=moments,
    replaced_at=moments,
    used=st.booleans(),
    seen_at=moments,
    online=st.booleans(),
    stayed_away_at=moments,
    retire_at=moments,
    rules=st.sampled_from(["", "legacy", "anssi", "nist"]),
    rules_now=st.sampled_from(["legacy", "anssi", "nist"]),
    stopped_at=moments,
    refused=st.lists(refusals, max_size=12).map(tuple),
)


@given(anything)
def test_each_kind_is_told_once_the_worst_first_and_only_of_services(facts: Facts) -> None:
    found = kinds(facts)
    assert found == [what for what in WORST_FIRST if what in found]
    assert set(found) <= set(OF_SERVICES)


@given(anything, refusals)
def test_one_more_guess_never_ends_an_attack(facts: Facts, more: Refusals) -> None:
    worse = replace(facts, refused=(*facts.refused, more))
    assert (Attention.ATTACKED in kinds(facts)) <= (Attention.ATTACKED in kinds(worse))
