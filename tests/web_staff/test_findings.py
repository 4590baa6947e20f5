"""Whatever the wires say of an element is listed for translation, and what is not is still shown."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from linekey import network
from linekey.network.fakes import FakeRegistrar
from linekey.web.staff import findings

HEALTH = sorted(Path(network.__path__[0]).glob("*_health.py"))


def _attempts() -> Iterator[ast.Call]:
    for file in HEALTH:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "findings.attempt":
                yield node


def _sentences(node: ast.expr) -> set[str]:
    if isinstance(node, ast.IfExp):
        return _sentences(node.body) | _sentences(node.orelse)
    if isinstance(node, ast.Constant):
        return {str(node.value)}
    assert isinstance(node, ast.JoinedStr)
    parts = (str(part.value) if isinstance(part, ast.Constant) else "%(name)s" for part in node.values)
    return {"".join(parts)}


def test_what_the_elements_say_and_advise_can_be_translated() -> None:
    said = [(_sentences(call.args[1]), _sentences(call.args[2])) for call in _attempts()]
    assert len(said) == 9
    assert {sentence for good, _ in said for sentence in good} <= findings.DETAILS
    assert {sentence for _, remedy in said for sentence in remedy} <= findings.REMEDIES


@pytest.mark.parametrize("down", [False, True])
def test_so_can_what_the_in_memory_elements_say(down: bool) -> None:
    registrar = FakeRegistrar("kamailio-1")
    registrar.down = down
    for found in registrar.health():
        detail, language = findings.detail_of({"detail": found.detail}, "kamailio-1")
        assert "kamailio-1" in detail and language == findings.THEIRS


@pytest.mark.parametrize("detail", ["", "100 % of it: %s %(name)s", "kamailio-1: no route to host"])
def test_a_sentence_nobody_listed_is_shown_word_for_word(detail: str) -> None:
    assert findings.detail_of({"detail": detail}, "kamailio-1") == (detail, findings.ENGLISH)
