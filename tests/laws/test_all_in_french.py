"""Whoever reads French reads no English: on no page does a sentence of ours stand as it is in the code."""

from html.parser import HTMLParser

import pytest
from django.utils.translation import trans_real

from tests.laws.plenty import more
from tests.laws.walk import addresses
from tests.laws.world import World, build_world
from tests.web.conftest import seated

SPOKEN = frozenset({"title", "placeholder", "aria-label", "alt", "data-busy"})
"""Attributes which are read or read out."""
SWITCH = "English"
"""The button which changes the language is in the other one."""
UNSPOKEN = frozenset({"script", "style", "code"})


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.inside: list[str] = []
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside.append(tag)
        self.found |= {value.strip() for name, value in attrs if name in SPOKEN and value}

    def handle_endtag(self, tag: str) -> None:
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not UNSPOKEN & set(self.inside):
            self.found.add(" ".join(data.split()))


@pytest.mark.parametrize("name", ["subscriber", "primary", "reseller", "operator"])
def test_no_page_in_french_holds_a_sentence_in_english(db: None, name: str) -> None:
    world = build_world()
    more(world, range(1))
    assert {page: told for page, told in _english(world, name) if told} == {}


def _english(world: World, name: str) -> list[tuple[str, set[str]]]:
    ours, browser = _translated(), seated(world.people[name], language="fr")
    found = []
    for page, address in addresses(world, world.actor(name)):
        answer = browser.get(address)
        if not answer.headers.get("Content-Type", "").startswith("text/html"):
            continue
        words = _Words()
        words.feed(answer.getvalue().decode())
        found.append((page, words.found & ours))
    return found


def _translated() -> set[str]:
    """The sentences which say something else in French."""
    catalogue = trans_real.translation("fr")._catalog  # type: ignore[attr-defined]
    return {
        asked
        for asked, said in catalogue.items()
        if isinstance(asked, str) and asked and said not in (asked, "") and "%(" not in asked
    } - {SWITCH}
