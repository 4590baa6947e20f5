"""docs/reference/security.md keeps its word: every requirement is there, and what is *met* names a proof."""

import pytest

from linekey.domain import limits
from linekey.domain.flows import CODE_LASTS, MOST_TRIES
from linekey.records.sessions import IDLE_ENDS, LASTS
from tests.docs.pages import exists, rows, tests_named, text_of

PAGE = "docs/reference/security.md"
# OWASP ASVS 5.0: how many requirements of each section are of levels 1 and 2, and the chosen ones of level 3.
SECTIONS = {"6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4}
SECTIONS |= {"7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2}
CHOSEN = {"6.3.5", "6.3.7", "6.3.8", "6.4.6", "7.5.3"}
WANTED = {
    f"{section}.{number}" for section, most in SECTIONS.items() for number in range(1, most + 1)
} | CHOSEN
STATUSES = {"*met*", "*partly*", "*does not apply*"}


def requirements() -> dict[str, list[str]]:
    return {cells[0]: cells[1:] for cells in rows(text_of(PAGE)) if cells[0][:2] in ("6.", "7.")}


def test_every_requirement_is_there_and_no_other() -> None:
    assert set(requirements()) == WANTED
    assert {name for name, cells in requirements().items() if cells[0] == "3"} == CHOSEN


@pytest.mark.parametrize("name", sorted(WANTED))
def test_what_is_met_names_a_test_that_exists(name: str) -> None:
    _, status, how, proof = requirements()[name]
    named = list(tests_named(proof))
    assert status in STATUSES and how
    assert [f"{file}::{test}" for file, test in named if not exists(file, test)] == []
    assert named or status == "*does not apply*"


def test_the_limits_on_the_page_are_those_of_the_code() -> None:
    page = text_of(PAGE)
    for limit, words in (
        (limits.PERSON, "| {most} (policy `lock_after`) | 1 hour | 1 hour |"),
        (limits.NETWORK, "| wrong attempts from one /24 or /64 | {most} | 1 hour | 1 hour |"),
        (limits.GLOBAL, "| wrong attempts of everybody | {most} | 10 minutes | 10 minutes |"),
        (limits.SESSION, "| wrong passwords or PINs within a session | {most} | 1 hour | the session ends |"),
        (limits.ASKED, "| mails anybody can have sent to a person | {most} | 1 hour | 1 hour |"),
    ):
        assert words.format(most=f"{limit.most:,}") in page
    assert f"| answers to one flow | {MOST_TRIES} |" in page
    lives = [span.total_seconds() for span in (CODE_LASTS, IDLE_ENDS, LASTS)]
    assert lives == [600, 3600, 43200]
