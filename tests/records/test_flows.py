"""Flows as rows: found by their own browser alone, walked once, over when they are over."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import product
from threading import Barrier
from typing import Any

import pytest
from django.utils import timezone

from linekey.domain.errors import FlowOver
from linekey.domain.flows import LASTS, MOST_TRIES, MOVES, OVER, STARTS, FlowKind, FlowState
from linekey.records import flows
from linekey.records.models import Flow, Person
from tests.build import Cast

Threads = Callable[[Sequence[Callable[[], Any]]], list[Any]]
ADAS, OTHER = "a" * 64, "b" * 64
TICK = timedelta(microseconds=1)


def begin(person: Person, now: datetime, kind: FlowKind = FlowKind.STEP_UP, browser: str = ADAS) -> Flow:
    return flows.begin(kind, min(STARTS[kind]), person=person, browser=browser, now=now)


def over(flow: Flow, now: datetime, *, kind: FlowKind = FlowKind.STEP_UP, browser: str = ADAS) -> bool:
    try:
        flows.current(kind, flow.reference, browser=browser, now=now)
    except FlowOver:
        return True
    return False


@pytest.mark.parametrize("kind", FlowKind)
def test_a_flow_lasts_until_its_last_instant_and_not_one_longer(
    cast: Cast, now: datetime, kind: FlowKind
) -> None:
    flow, end = begin(cast.ada, now, kind), now + LASTS[kind]
    assert not over(flow, end - TICK, kind=kind)
    assert over(flow, end, kind=kind) and over(flow, end + timedelta(seconds=1), kind=kind)


@pytest.mark.parametrize(("made_for", "used_for"), list(product(FlowKind, FlowKind)))
def test_a_flow_of_one_kind_is_none_of_another(
    cast: Cast, now: datetime, made_for: FlowKind, used_for: FlowKind
) -> None:
    assert over(begin(cast.ada, now, made_for), now, kind=used_for) is (made_for is not used_for)


def test_another_browser_finds_nothing(cast: Cast, now: datetime) -> None:
    flow = begin(cast.ada, now)
    assert over(flow, now, browser=OTHER) and over(flow, now, browser="")
    unbound = begin(cast.ada, now, FlowKind.RECOVERY, browser="")
    assert over(unbound, now, kind=FlowKind.RECOVERY, browser="") and over(
        unbound, now, kind=FlowKind.RECOVERY
    )


@pytest.mark.parametrize("strange", ["", "\0", "x" * 10_000, "%", "\ud800", "0" * 32, " ", "é" * 32])
def test_what_is_no_reference_is_no_flow(cast: Cast, now: datetime, strange: str) -> None:
    flow = begin(cast.ada, now)
    for reference in (strange, flow.reference + strange, strange + flow.reference, flow.reference.upper()):
        if reference != flow.reference:
            with pytest.raises(FlowOver):
                flows.current(FlowKind.STEP_UP, reference, browser=ADAS, now=now)


def test_a_disabled_persons_flow_is_over(cast: Cast, now: datetime) -> None:
    flow = begin(cast.ada, now)
    Person.objects.filter(pk=cast.ada.pk).update(is_active=False)
    assert over(flow, now)


def test_what_begins_in_a_browser_ends_what_was_begun_there_before(cast: Cast, now: datetime) -> None:
    """The second of two tabs goes on; the first says so."""
    first, elsewhere = begin(cast.ada, now), begin(cast.ada, now, browser=OTHER)
    another_kind = begin(cast.ada, now, FlowKind.ENROLMENT)
    second = begin(cast.eve, now)
    assert over(first, now) and not over(second, now)
    assert not over(elsewhere, now, browser=OTHER) and not over(another_kind, now, kind=FlowKind.ENROLMENT)


def test_links_side_by_side_are_flows_side_by_side(cast: Cast, now: datetime) -> None:
    links = [begin(cast.ada, now, FlowKind.RECOVERY, browser="") for _ in range(3)]
    assert Flow.objects.filter(pk__in=[link.pk for link in links], state=FlowState.LINK).count() == 3


@pytest.mark.parametrize("kind", FlowKind)
def test_a_flow_starts_and_goes_only_where_it_is_drawn_to(cast: Cast, now: datetime, kind: FlowKind) -> None:
    for state in FlowState:
        if state not in STARTS[kind]:
            with pytest.raises(ValueError, match="does not start"):
                flows.begin(kind, state, person=cast.ada, browser=ADAS, now=now)
    for old, new in product(MOVES[kind], FlowState):
        flow = begin(cast.ada, now, kind)
        Flow.objects.filter(pk=flow.pk).update(state=old)
        flow.refresh_from_db()
        if new in MOVES[kind][old]:
            flows.move(flow, new)
            assert flow.state == Flow.objects.get(pk=flow.pk).state == new
        else:
            with pytest.raises(ValueError, match="does not go"):
                flows.move(flow, new)


def test_who_comes_second_goes_nowhere(cast: Cast, now: datetime) -> None:
    flow = begin(cast.ada, now)
    same = Flow.objects.get(pk=flow.pk)
    flows.move(flow, FlowState.DONE)
    with pytest.raises(FlowOver):
        flows.move(same, FlowState.DONE)


def test_five_answers_are_taken_and_no_sixth(cast: Cast, now: datetime) -> None:
    flow = begin(cast.ada, now)
    assert [flows.count_try(flow) for _ in range(MOST_TRIES)] == [4, 3, 2, 1, 0]
    for _ in range(2):
        with pytest.raises(FlowOver):
            flows.count_try(flow)
    flows.move(flow, FlowState.DONE)  # The right one of the five came through last.


def test_no_answer_is_counted_for_a_flow_that_went_on(cast: Cast, now: datetime) -> None:
    flow = begin(cast.ada, now)
    stale = Flow.objects.get(pk=flow.pk)
    flows.move(flow, FlowState.DONE)
    with pytest.raises(FlowOver):
        flows.count_try(stale)
    assert Flow.objects.get(pk=flow.pk).state == FlowState.DONE, "what is done stays done"


def test_a_challenge_is_taken_once(cast: Cast, now: datetime) -> None:
    flow = begin(cast.ada, now)
    with pytest.raises(FlowOver):
        flows.take_challenge(flow)
    Flow.objects.filter(pk=flow.pk).update(challenge="c" * 43)
    flow.refresh_from_db()
    same = Flow.objects.get(pk=flow.pk)
    assert flows.take_challenge(flow) == "c" * 43
    with pytest.raises(FlowOver):
        flows.take_challenge(same)


def test_giving_up_ends_what_is_open_and_changes_nothing_that_is_done(cast: Cast, now: datetime) -> None:
    flow, done = begin(cast.ada, now), begin(cast.ada, now, browser=OTHER)
    flows.move(done, FlowState.DONE)
    for each in (flow, done):
        flows.end(each)
    assert over(flow, now) and Flow.objects.get(pk=done.pk).state == FlowState.DONE


def test_all_flows_of_a_person_end_at_once_and_nobody_elses(cast: Cast, now: datetime) -> None:
    adas = [begin(cast.ada, now, kind) for kind in FlowKind]
    eves = begin(cast.eve, now, browser=OTHER)
    flows.end_all(cast.ada)
    assert all(Flow.objects.get(pk=flow.pk).state in OVER for flow in adas)
    assert not over(eves, now, browser=OTHER)


@pytest.mark.django_db(transaction=True)
def test_of_fifty_answers_at_once_five_are_counted_and_one_goes_on(
    committed: Cast, in_threads: Threads
) -> None:
    flow, start = begin(committed.ada, timezone.now()), Barrier(50)

    def answer() -> tuple[bool, bool]:
        same = Flow.objects.get(pk=flow.pk)
        start.wait(60)
        counted = _done(lambda: flows.count_try(same))
        return counted, counted and _done(lambda: flows.move(same, FlowState.DONE))

    answers = in_threads([answer] * 50)
    assert sum(moved for _, moved in answers) == 1
    assert 1 <= sum(counted for counted, _ in answers) <= MOST_TRIES


def _done(work: Callable[[], object]) -> bool:
    try:
        work()
    except FlowOver:
        return False
    return True
