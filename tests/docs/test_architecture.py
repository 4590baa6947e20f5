"""ARCHITECTURE.md draws the rooms there are, and names the proof of each law."""

import re

from tests.docs.pages import ROOT, rows, tests_named, text_of

PAGE = "ARCHITECTURE.md"
LAWS = [str(number) for number in range(1, 12)]


def _rooms() -> set[str]:
    return {path.parent.name for path in (ROOT / "src" / "linekey").glob("*/__init__.py")}


def test_every_room_is_drawn_and_none_that_does_not_exist() -> None:
    drawing = text_of(PAGE).partition("```text\n")[2].partition("```")[0]
    remarks_at = drawing.index("settings,")
    drawn = " ".join(line[:remarks_at] for line in drawing.splitlines())
    built = re.sub(r"\([a-z]+\)", "", drawn)
    assert set(re.findall(r"[a-z_]+", built)) == _rooms() | {"wiring"}


def test_every_law_stands_there_with_all_of_its_tests() -> None:
    table = text_of(PAGE).partition("## The laws")[2].partition("\n## ")[0]
    laws = {cells[0]: cells[2] for cells in rows(table)}
    assert list(laws) == LAWS
    for number, proof in laws.items():
        named = {file for file, _ in tests_named(proof)}
        written = {str(path.relative_to(ROOT)) for path in ROOT.glob(f"tests/laws/test_law_{number}_*.py")}
        assert written <= named
        assert named or proof == "not yet"
