"""How one thing is measured: ours and its baseline in turns, in the same run.

What else the machine does touches both; what is told is the ratio of medians, and how far the rounds differ.
"""

import statistics
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field

ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Target:
    """What a result should reach. A missed one is a result like any other, and printed as missed."""

    ratio_at_least: float | None = None
    at_least: float | None = None
    """In the unit of the result."""
    at_most: float | None = None

    def met(self, ours: float, ratio: float | None) -> bool:
        return (
            (self.ratio_at_least is None or (ratio is not None and ratio >= self.ratio_at_least))
            and (self.at_least is None or ours >= self.at_least)
            and (self.at_most is None or ours <= self.at_most)
        )

    def __str__(self) -> str:
        told = (("ratio ≥", self.ratio_at_least), ("≥", self.at_least), ("≤", self.at_most))
        return ", ".join(f"{sign} {bound:g}" for sign, bound in told if bound is not None)


@dataclass(frozen=True, slots=True)
class Result:
    """One line of `make bench`. `spread`: the widest distance of a round from the median, as a part of it."""

    name: str
    unit: str
    """`/s` (more is better), `ms` or `MiB` (less is better)."""
    ours: float
    baseline: float | None = None
    against: str = ""
    """What the baseline is, in a few words."""
    spread: float = 0.0
    target: Target = field(default_factory=Target)
    why: str = ""
    """What the profile shows; said where the target is missed, and only then printed."""

    @property
    def ratio(self) -> float | None:
        """Ours to the baseline where more is better, the other way where less is: 1 is as good as it."""
        if not self.baseline or not self.ours:
            return None
        return self.ours / self.baseline if self.unit == "/s" else self.baseline / self.ours

    @property
    def met(self) -> bool:
        return self.target.met(self.ours, self.ratio)

    def as_json(self) -> dict[str, object]:
        return asdict(self) | {"ratio": self.ratio, "met": self.met, "target": str(self.target)}


def in_turns(
    name: str,
    unit: str,
    *,
    ours: Callable[[], float],
    baseline: Callable[[], float],
    against: str,
    target: Target,
    rounds: int = ROUNDS,
    why: str = "",
) -> Result:
    """Each call takes one measurement, in `unit`. The first of each only warms up and does not count."""
    pairs = [(ours(), baseline()) for _ in range(rounds + 1)][1:]
    mine, theirs = [each[0] for each in pairs], [each[1] for each in pairs]
    return beside(name, unit, mine, theirs, against=against, target=target, why=why)


def beside(
    name: str,
    unit: str,
    ours: Iterable[float],
    baseline: Iterable[float],
    *,
    against: str,
    target: Target,
    why: str = "",
) -> Result:
    """For what was measured already, in turns."""
    mine, theirs = list(ours), list(baseline)
    middle = statistics.median(mine), statistics.median(theirs)
    return Result(name, unit, *middle, against, spread(mine), target, why)


def alone(name: str, unit: str, took: Iterable[float], *, target: Target, why: str = "") -> Result:
    """For what has no baseline but the target itself."""
    each = list(took)
    return Result(name, unit, statistics.median(each), spread=spread(each), target=target, why=why)


def spread(rounds: list[float]) -> float:
    middle = statistics.median(rounds)
    return max(abs(each - middle) for each in rounds) / middle if middle else 0.0


def part(took: Iterable[float], of: float) -> float:
    """The value below which that part of all lie: `part(took, 0.99)` is p99."""
    each = sorted(took)
    return each[min(int(len(each) * of), len(each) - 1)]
