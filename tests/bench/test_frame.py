"""The frame of `make bench`: what is printed is what was measured, and what broke is no figure."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.__main__ import line, main
from bench.measure import Result, Target, alone, beside, in_turns, part, spread


def measured(*rounds: float) -> Callable[[], float]:
    each = iter(rounds)
    return lambda: next(each)


def told(result: Result) -> str:
    return line(result.as_json() | {"engine": "sqlite"})


def test_twice_as_many_a_second_as_the_baseline_is_a_ratio_of_two() -> None:
    assert beside("reads", "/s", [200], [100], against="", target=Target()).ratio == 2


@pytest.mark.parametrize("unit", ["ms", "MB"])
def test_twice_as_long_as_the_baseline_is_a_ratio_of_a_half(unit: str) -> None:
    assert beside("a click", unit, [200], [100], against="", target=Target()).ratio == 0.5


def test_the_first_round_warms_up_and_the_medians_are_of_the_others() -> None:
    ours, baseline = measured(1, 80, 90, 100, 110, 400), measured(1, 200, 200, 200, 200, 200)
    found = in_turns("x", "/s", ours=ours, baseline=baseline, against="another", target=Target())
    assert (found.ours, found.baseline, found.ratio, found.spread) == (100, 200, 0.5, 3)


def test_ours_and_the_baseline_take_turns() -> None:
    order: list[str] = []

    def taking(name: str) -> Callable[[], float]:
        def measure() -> float:
            order.append(name)
            return 1.0

        return measure

    in_turns("x", "/s", ours=taking("o"), baseline=taking("b"), against="", target=Target(), rounds=2)
    assert order == ["o", "b"] * 3


@pytest.mark.parametrize(
    ("target", "met"),
    [
        (Target(), True),
        (Target(at_least=100), True),
        (Target(at_least=101), False),
        (Target(at_most=100), True),
        (Target(at_most=99), False),
        (Target(ratio_at_least=0.5), True),
        (Target(ratio_at_least=0.51), False),
        (Target(ratio_at_least=0.5, at_least=101), False),
    ],
)
def test_a_target_is_met_when_all_it_asks_for_is(target: Target, met: bool) -> None:
    assert beside("x", "/s", [100], [200], against="", target=target).met is met


def test_a_ratio_is_not_met_without_a_baseline() -> None:
    assert not alone("x", "/s", [100], target=Target(ratio_at_least=0.1)).met


def test_a_missed_target_is_printed_as_missed_with_the_reason() -> None:
    missed = alone("reads", "/s", [50.4], target=Target(at_least=100), why="the disk is slow")
    assert "50.4 /s" in told(missed) and "≥ 100: MISSED" in told(missed)
    assert told(missed).splitlines()[1].strip() == "the disk is slow"


def test_a_met_one_needs_no_reason() -> None:
    met = alone("reads", "/s", [5000], target=Target(at_least=100), why="the disk is slow")
    assert "5,000 /s" in told(met) and "≥ 100: met" in told(met)
    assert "disk" not in told(met)


def test_a_figure_without_a_target_is_neither() -> None:
    shown = told(beside("reads", "/s", [50], [100], against="a bare view", target=Target()))
    assert "0.50" in shown and "beside a bare view" in shown
    assert "met" not in shown and "MISSED" not in shown


@pytest.mark.parametrize(("rounds", "wide"), [([10, 10, 10], 0), ([9, 10, 12], 0.2), ([0, 0, 0], 0)])
def test_the_spread_is_how_far_a_round_is_from_the_middle(rounds: list[float], wide: float) -> None:
    assert spread(rounds) == pytest.approx(wide)


@pytest.mark.parametrize(("of", "value"), [(0.5, 51), (0.99, 100), (1, 100), (0, 1)])
def test_a_part_of_all_lies_below_p99(of: float, value: float) -> None:
    assert part(range(100, 0, -1), of) == value


def test_a_bench_that_breaks_is_no_figure_and_fails_the_run(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "figures.json"
    assert main(["--quick", "--json", str(file)], {"nowhere": ("sqlite",)}) == 1
    assert json.loads(file.read_text()) == []
    said = capfd.readouterr()
    assert "nowhere on sqlite BROKE" in said.out and "1 benches broken" in said.out
    assert "No module named 'bench.nowhere'" in said.err


def test_a_bench_nobody_has_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["sign_on"], {"sign_in": ("sqlite",)})
    assert ended.value.code == 2
    assert "there is no bench sign_on: choose from sign_in" in capsys.readouterr().err
