"""docs/features.md keeps its word: every row is there, and what is *proven* names its proof."""

import pytest

from tests.docs.pages import exists, rows, tests_named, text_of

PAGE = "docs/features.md"
ROWS = {"SIP": 6, "CTX": 6, "ACC": 10, "PPP": 8, "TEAM": 11, "NEW": 11}
"""How many rows there are of each family: SIP-1 to SIP-6, and so on."""
IDS = [f"{family}-{number}" for family, most in ROWS.items() for number in range(1, most + 1)]
STATUSES = {"*proven*", "*not yet*"}


def features() -> dict[str, list[str]]:
    return {cells[0]: cells[1:] for cells in rows(text_of(PAGE))}


def test_every_row_is_there_once_and_in_order() -> None:
    assert [cells[0] for cells in rows(text_of(PAGE))] == IDS


@pytest.mark.parametrize("row", IDS)
def test_a_row_says_proven_or_not_yet_and_what_exists(row: str) -> None:
    status, _, exists_now = features()[row]
    assert status in STATUSES
    assert exists_now


@pytest.mark.parametrize("row", IDS)
def test_what_is_proven_names_a_test_that_exists(row: str) -> None:
    status, proof, _ = features()[row]
    named = list(tests_named(proof))
    assert [f"{file}::{test}" for file, test in named if not exists(file, test)] == []
    assert status != "*proven*" or named
