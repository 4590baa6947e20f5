"""Reads the pages of the documentation: tables, links, code blocks, and the tests they name."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_TEST = re.compile(r"`(tests/[\w./-]+\.py)(?:::(\w+))?`")


def every_page() -> list[Path]:
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def rows(text: str) -> list[list[str]]:
    """Cells of every table row, headings and rulers left out; `\\|` is a bar within a cell."""
    found = []
    lines = text.splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if line.startswith("|") and not _ruler(line) and not _ruler(following):
            cells = re.split(r"(?<!\\)\|", line.strip().strip("|"))
            found.append([cell.strip() for cell in cells])
    return found


def _ruler(line: str) -> bool:
    return bool(re.fullmatch(r"\|[\s:|-]+\|", line))


def blocks(text: str, language: str) -> list[str]:
    """Fenced code blocks of one language."""
    return [body for told, body in _FENCE.findall(text) if told == language]


def prose(text: str) -> str:
    """The text without its code blocks."""
    return _FENCE.sub("", text)


def tests_named(text: str) -> Iterator[tuple[str, str]]:
    """(file, test) for every `tests/….py::test_…`; the test is empty where only the file is named."""
    yield from _TEST.findall(text)


@cache
def tests_in(file: str) -> frozenset[str]:
    """Names of the tests a file defines, without importing it; empty when there is no such file."""
    path = ROOT / file
    if not path.is_file():
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(node.name for node in found if node.name.startswith("test_"))


def exists(file: str, test: str) -> bool:
    return test in tests_in(file) if test else bool(tests_in(file))
