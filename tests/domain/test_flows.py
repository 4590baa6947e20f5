"""The ways through an account: every one is drawn as it is, ends, and cannot be walked backwards."""

from datetime import timedelta
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from linekey.domain import flows
from linekey.domain.flows import CODE_LASTS, LASTS, MOST_TRIES, MOVES, OVER, STARTS, FlowKind, FlowState
from tests.docs.pages import blocks

DRAWN = Path(flows.__file__).with_suffix(".md").read_text(encoding="utf-8")
BORDER = "[*]"


def drawn(kind: FlowKind) -> set[tuple[str, str]]:
    section = DRAWN.partition(f"## `{kind}`\n")[2].partition("\n## ")[0]
    (diagram,) = blocks(section, "mermaid")
    head, *lines = diagram.splitlines()
    assert head == "stateDiagram-v2"
    arrows = [line.partition(":")[0].partition(" --> ") for line in lines]
    return {(old.strip(), new.strip()) for old, _, new in arrows}


def allowed(kind: FlowKind) -> set[tuple[str, str]]:
    starts = {(BORDER, state.value) for state in STARTS[kind]}
    moves = {(old.value, new.value) for old, onward in MOVES[kind].items() for new in onward}
    return starts | moves | {(state.value, BORDER) for state in OVER}


@pytest.mark.parametrize("kind", FlowKind)
def test_a_flow_is_drawn_as_the_code_walks_it(kind: FlowKind) -> None:
    assert drawn(kind) == allowed(kind)


def test_nothing_else_is_drawn() -> None:
    assert DRAWN.count("```mermaid") == DRAWN.count("\n## `") == len(FlowKind)


@pytest.mark.parametrize("kind", FlowKind)
def test_a_flow_can_be_given_up_wherever_it_stands_and_comes_to_its_end(kind: FlowKind) -> None:
    reached = set(STARTS[kind])
    while further := {new for state in reached for new in MOVES[kind].get(state, ())} - reached:
        reached |= further
    assert reached == set(MOVES[kind]) | OVER
    assert all(FlowState.ENDED in onward for onward in MOVES[kind].values())


@pytest.mark.parametrize("kind", FlowKind)
def test_what_is_over_goes_nowhere_and_nothing_goes_back(kind: FlowKind) -> None:
    assert not OVER & MOVES[kind].keys()
    TopologicalSorter(MOVES[kind]).prepare()  # Raises CycleError.


def test_a_lost_password_is_never_set_before_everything_is_proven() -> None:
    """The link alone goes to the new password only where the account asks for nothing else."""
    before = {old for old, onward in MOVES[FlowKind.RECOVERY].items() if FlowState.DONE in onward}
    assert before == {FlowState.SECRET}


def test_a_sent_code_lives_ten_minutes_at_most_and_so_does_what_waits_for_it() -> None:
    """OWASP ASVS 5.0, 6.5.5."""
    waiting = [kind for kind in FlowKind if FlowState.CODE in MOVES[kind]]
    assert waiting and all(LASTS[kind] <= timedelta(minutes=10) for kind in waiting)
    assert timedelta() < CODE_LASTS <= timedelta(minutes=10)


def test_every_kind_has_an_end_and_five_wrong_answers() -> None:
    assert LASTS.keys() == STARTS.keys() == MOVES.keys() == set(FlowKind)
    assert MOST_TRIES == 5
