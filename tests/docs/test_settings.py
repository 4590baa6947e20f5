"""docs/reference/settings.md names every variable that is read, with its default, and no other."""

import ast
import re
from collections.abc import Iterator

from tests.docs.pages import ROOT, every_page, rows, text_of

PAGE = "docs/reference/settings.md"
READERS = frozenset(
    {"address", "choice", "flag", "integer", "items", "networks", "pairs", "path", "port", "secret", "text"}
)
"""Functions of `linekey.config.env`."""
SECRET_READERS = frozenset({"secret", "_kept_secret"})
"""Those which also read NAME_FILE."""
DEFAULT_AT = {"choice": 2}
"""Place of the default among the arguments, when it is not the second."""
FROM_ELSEWHERE = {"LINEKEY_TEST_DATABASE"}
"""Variables of the tests, and of nothing that runs in production."""


def _reads() -> Iterator[tuple[str, str, ast.Call]]:
    """(variable, reader, call) for every place in the product that reads a variable by name."""
    for path in sorted((ROOT / "src" / "linekey").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name, reader = node.args[0].value, _reader(node.func)
                if reader and isinstance(name, str) and name.startswith("LINEKEY_"):
                    yield name, reader, node


def _reader(function: ast.expr) -> str | None:
    match function:
        case ast.Name(id="_kept_secret"):
            return "_kept_secret"
        case ast.Attribute(value=ast.Name(id="env"), attr=name) if name in READERS:
            return name
        case ast.Attribute(value=ast.Attribute(value=ast.Name(id="os"), attr="environ"), attr="get"):
            return "environ"
    return None


def documented() -> dict[str, list[str]]:
    found = {}
    for cells in rows(text_of(PAGE)):
        for name in re.findall(r"`(LINEKEY_\w+)`", cells[0]):
            found[name] = cells[1:]
    return found


def test_every_variable_that_is_read_is_documented_and_no_other() -> None:
    assert set(documented()) == {name for name, _, _ in _reads()}


def test_the_default_that_is_documented_is_the_one_that_counts() -> None:
    told = documented()
    wrong = []
    for name, reader, call in _reads():
        place = DEFAULT_AT.get(reader, 1)
        default = call.args[place] if len(call.args) > place else None
        if not isinstance(default, ast.Constant):
            continue  # Built from other settings; the page says how in words.
        expected = _shown(default.value)
        if expected not in told[name][0]:
            wrong.append(f"{name}: {expected}")
    assert wrong == []


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return f"`{int(value)}`"
    return f"`{value}`" if value != "" else "empty"


def test_what_can_lie_in_a_file_is_told() -> None:
    told = documented()
    can = {name for name, reader, _ in _reads() if reader in SECRET_READERS}
    assert {name for name, cells in told.items() if "`_FILE`" in cells[1]} == can


def test_no_page_names_a_variable_that_does_not_exist() -> None:
    known = set(documented()) | _of_the_elements() | FROM_ELSEWHERE
    known |= {f"{name}_FILE" for name in known}
    wrong = {
        f"{page.relative_to(ROOT)}: {name}"
        for page in every_page()
        for name in re.findall(r"\bLINEKEY_[A-Z0-9_]*[A-Z0-9]\b", page.read_text(encoding="utf-8"))
        if name not in known
    }
    assert wrong == set()


def _of_the_elements() -> set[str]:
    """Variables the configurations in deploy/ read from the environment they are started with."""
    found: set[str] = set()
    for path in (ROOT / "deploy").rglob("*"):
        if path.is_file() and path.suffix != ".pyc":
            found |= set(re.findall(r"LINEKEY_[A-Z0-9_]*[A-Z0-9]", path.read_text(encoding="utf-8")))
    return found
