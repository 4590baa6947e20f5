"""Campaigns: every one ends, none goes faster than it was told, and one that hurts stops by itself."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from linekey.domain.campaigns import (
    AT_WORK,
    BATCH,
    FASTEST,
    IN_FLIGHT,
    LINE_MOVES,
    MOVES,
    OVER,
    Brake,
    CampaignMode,
    CampaignState,
    HandOver,
    LineState,
    Orders,
    Pace,
    orders,
    plan,
)
from linekey.domain.effects import EffectKind
from linekey.domain.errors import Malformed
from linekey.domain.kinds import PPPOE_ACCESS, SIP_LINE, Kind

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ASKED = {
    "mode": "grace",
    "hand_over": "link",
    "rate": 50,
    "wave": 0,
    "pause": 15,
    "stop_percent": 5,
    "stop_count": 0,
}
CUTS = {EffectKind.DROP, EffectKind.DISCONNECT}


class TestStates:
    def test_every_campaign_can_end_and_what_ended_never_moves(self) -> None:
        assert {CampaignState.DONE, CampaignState.CANCELLED} == OVER
        for state in set(CampaignState) - OVER:
            assert CampaignState.CANCELLED in MOVES[state]

    def test_only_what_runs_can_finish_or_stop_by_itself(self) -> None:
        assert {old for old, moves in MOVES.items() if CampaignState.DONE in moves} == {CampaignState.RUNNING}
        assert {old for old, moves in MOVES.items() if CampaignState.STOPPED in moves} == AT_WORK

    def test_a_line_gets_at_most_one_new_secret(self) -> None:
        assert {old for old, moves in LINE_MOVES.items() if LineState.RECORDED in moves} == {
            LineState.WAITING
        }
        assert not any(LineState.WAITING in moves for moves in LINE_MOVES.values())


class TestPace:
    def test_as_many_are_allowed_as_the_time_since_earned(self) -> None:
        allowed = Pace(rate=40).allowed(since=NOW, now=NOW + timedelta(seconds=1), in_wave=0, in_flight=0)
        assert allowed == 40

    def test_a_standstill_is_not_made_good(self) -> None:
        pace, late = Pace(rate=40), NOW + timedelta(hours=1)
        assert pace.allowed(since=NOW, now=late, in_wave=0, in_flight=0) == 80
        since = pace.used(80, since=NOW, now=late)
        assert pace.allowed(since=since, now=late, in_wave=0, in_flight=0) == 0

    def test_ten_minutes_of_steps_keep_the_rate(self) -> None:
        pace, since, taken = Pace(rate=7), NOW, 0
        for half_second in range(1, 1201):
            now = NOW + timedelta(seconds=half_second / 2)
            room = pace.allowed(since=since, now=now, in_wave=0, in_flight=0)
            since, taken = pace.used(room, since=since, now=now), taken + room
        assert taken == pytest.approx(7 * 600, abs=7)

    def test_a_wave_a_batch_and_what_is_on_its_way_are_bounds(self) -> None:
        late = NOW + timedelta(seconds=2)
        told = {"since": NOW, "now": late}
        assert Pace(rate=500, wave=30).allowed(**told, in_wave=10, in_flight=0) == 20
        assert Pace(rate=500).allowed(**told, in_wave=0, in_flight=0) == BATCH
        assert Pace(rate=500).allowed(**told, in_wave=0, in_flight=IN_FLIGHT) == 0

    def test_nothing_is_allowed_before_the_next_wave(self) -> None:
        later = NOW + timedelta(minutes=5)
        assert Pace(wave=30).allowed(since=later, now=NOW, in_wave=0, in_flight=0) == 0

    def test_what_is_left_counts_the_pauses_still_to_come(self) -> None:
        pace = Pace(rate=10, wave=100, pause=timedelta(minutes=5))
        assert pace.left(100, in_wave=0, speed=0) == timedelta(seconds=10)
        assert pace.left(250, in_wave=0, speed=0) == timedelta(seconds=25, minutes=10)
        assert Pace(rate=10).left(100, in_wave=0, speed=2.5) == timedelta(seconds=40)
        assert Pace(rate=10).left(100, in_wave=0, speed=900) == timedelta(seconds=10)


class TestBrake:
    @pytest.mark.parametrize(
        ("brake", "failed", "settled", "stops"),
        [
            (Brake(percent=5), 1, 1, False),
            (Brake(percent=5), 1, 20, True),
            (Brake(percent=5), 4, 100, False),
            (Brake(percent=5), 5, 100, True),
            (Brake(percent=0), 100, 100, False),
            (Brake(percent=0, count=3), 2, 2, False),
            (Brake(percent=0, count=3), 3, 3, True),
        ],
    )
    def test_too_many_refusals_stop_it(self, brake: Brake, failed: int, settled: int, stops: bool) -> None:
        assert brake.pulled(failed=failed, settled=settled) is stops


class TestOrders:
    def test_what_was_chosen_is_kept(self) -> None:
        assert orders(**ASKED) == Orders(  # type: ignore[arg-type]
            CampaignMode.GRACE, HandOver.LINK, Pace(50, 0, timedelta(minutes=15)), Brake(5, 0)
        )

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("rate", 0),
            ("rate", FASTEST + 1),
            ("wave", -1),
            ("pause", 1441),
            ("stop_percent", 101),
            ("stop_count", -1),
            ("mode", "later"),
            ("hand_over", "carrier pigeon"),
        ],
    )
    def test_what_is_out_of_bounds_is_named(self, field: str, value: object) -> None:
        with pytest.raises(Malformed) as refused:
            orders(**{**ASKED, field: value})  # type: ignore[arg-type]
        assert refused.value.values["field"] == field


class TestPlan:
    @pytest.mark.parametrize(
        ("kind", "mode", "hand_over"), list(product((SIP_LINE, PPPOE_ACCESS), CampaignMode, HandOver))
    )
    def test_every_plan_changes_the_network_and_floods_nobody(
        self, kind: Kind, mode: CampaignMode, hand_over: HandOver
    ) -> None:
        kinds = [effect.kind for effect in plan(kind, mode, hand_over)]
        assert EffectKind.PUSH in kinds and EffectKind.NOTIFY not in kinds
        assert bool(CUTS & set(kinds)) == (mode is not CampaignMode.GRACE)
        assert kinds.count(EffectKind.INVITE) == (hand_over is HandOver.LINK)

    def test_a_link_which_cannot_be_sent_cuts_nobody(self) -> None:
        for mode in (CampaignMode.GRACE, CampaignMode.IMMEDIATE):
            first, second, *_ = plan(SIP_LINE, mode, HandOver.LINK)
            assert (first.kind, second.kind) == (EffectKind.INVITE, EffectKind.PUSH)
            assert first.ordered and second.ordered

    def test_a_compromised_secret_is_refused_before_anybody_is_told(self) -> None:
        kinds = [effect.kind for effect in plan(SIP_LINE, CampaignMode.COMPROMISED, HandOver.LINK)]
        assert kinds == [EffectKind.PUSH, EffectKind.DROP, EffectKind.INVITE, EffectKind.WATCH]
