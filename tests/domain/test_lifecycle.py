"""The table of moves is the drawing people read."""

import re
from itertools import product

import pytest

from linekey.domain import lifecycle
from linekey.domain.lifecycle import MOVES, State, may_move


def drawn() -> set[tuple[State, State]]:
    arrows = re.findall(r"^\s+(\w+) --> (\w+) :", lifecycle.__doc__ or "", re.MULTILINE)
    return {(State(old), State(new)) for old, new in arrows}


@pytest.mark.parametrize(("old", "new"), list(product(State, State)))
def test_a_version_moves_as_the_drawing_says_and_not_otherwise(old: State, new: State) -> None:
    assert may_move(old, new) is ((old, new) in drawn())


def test_every_state_is_in_the_table_and_starts_as_planned() -> None:
    assert set(MOVES) == set(State)
    assert "[*] --> planned" in (lifecycle.__doc__ or "")


def test_what_was_given_up_or_overtaken_never_comes_back() -> None:
    for ended in (State.SUPERSEDED, State.ABANDONED):
        assert not MOVES[ended]
