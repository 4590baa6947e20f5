"""The drawings of docs/reference/effects-and-states.md are the tables of the domain."""

import inspect
import re

from linekey.domain import lifecycle
from linekey.domain.effects import OPEN_STATES, StepState
from linekey.domain.lifecycle import MOVES, State
from tests.docs.pages import blocks, rows, text_of

PAGE = "docs/reference/effects-and-states.md"
_ARROW = re.compile(r"^\s*(\S+) --> (\S+)", re.MULTILINE)


def _arrows(drawing: str) -> set[tuple[str, str]]:
    return {(old, new) for old, new in _ARROW.findall(drawing) if "[*]" not in (old, new)}


def test_the_life_of_a_version_is_drawn_as_the_domain_allows_it() -> None:
    allowed = {(old.value, new.value) for old, moves in MOVES.items() for new in moves}
    version, _ = blocks(text_of(PAGE), "mermaid")
    assert _arrows(version) == allowed


def test_the_drawing_beside_the_code_is_the_same() -> None:
    version, _ = blocks(text_of(PAGE), "mermaid")
    (beside,) = blocks(inspect.getdoc(lifecycle) or "", "mermaid")
    assert _arrows(beside) == _arrows(version)


def test_every_state_of_a_step_is_drawn_and_explained() -> None:
    _, step = blocks(text_of(PAGE), "mermaid")
    assert {state for arrow in _arrows(step) for state in arrow} == set(StepState)
    explained = [cells for cells in rows(text_of(PAGE)) if cells[-1] in ("yes", "no")]
    assert {cells[0].strip("`") for cells in explained} == set(StepState)
    assert {cells[0].strip("`") for cells in explained if cells[-1] == "yes"} == set(OPEN_STATES)


def test_every_state_of_a_version_is_explained() -> None:
    section = text_of(PAGE).partition("## A version")[2].partition("## ")[0]
    assert {cells[0].strip("`") for cells in rows(section)} == set(State)
