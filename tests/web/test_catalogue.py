"""The French catalogue is whole: every sentence of the pages and of the domain, no more and no less."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

import linekey.domain
import linekey.web

WEB, DOMAIN = Path(linekey.web.__file__).parent, Path(linekey.domain.__file__).parent
CATALOGUE = WEB / "locale" / "fr" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    "_": None,
    "N_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
FINE = "\u202f"
"""Narrow no-break space, before « ; ? ! » and inside « guillemets »."""


@pytest.fixture(scope="module")
def french() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="fr")


def sentences() -> Iterator[tuple[object, str | None]]:
    for path in sorted([*WEB.rglob("*.py"), *DOMAIN.rglob("*.py"), *(WEB / "templates").rglob("*.html")]):
        source = path.read_text()
        if path.suffix == ".html":
            # What is left of the markup is not indentation of Python's.
            source = re.sub(r"(?m)^[ \t]+", "", templatize(source, origin=str(path)))
        for _, text, _, context in extract("python", BytesIO(source.encode()), keywords=KEYWORDS):
            yield (text[0] if isinstance(text, tuple) else text), context


def kept(catalogue: Catalog) -> dict[tuple[object, str | None], Message]:
    messages = [message for message in catalogue if message.id]
    return {
        (message.id[0] if isinstance(message.id, list | tuple) else message.id, message.context): message
        for message in messages
    }


def strings(message: Message) -> tuple[str, ...]:
    found = message.string
    return tuple(found) if isinstance(found, list | tuple) else (found or "",)


def test_nothing_is_missing_and_nothing_is_left_over(french: Catalog) -> None:
    said, known = set(sentences()), set(kept(french))
    assert said - known == set()
    assert known - said == set()


def test_everything_is_translated_for_good(french: Catalog) -> None:
    for message in kept(french).values():
        assert not message.fuzzy, message.id
        assert all(strings(message)), message.id
        assert not list(message.check()), message.id


def test_it_is_typeset_as_french_is(french: Catalog) -> None:
    for message in kept(french).values():
        for text in strings(message):
            if "~ ^ %" in text:
                continue  # The list of characters one may type.
            assert not re.search(r" [;:?!»]|« ", text), text
            assert not re.search(r"\w'\w", text), text
            assert not re.search(rf"[^\s{FINE}\u00a0/\w<>]?(?<=\w)[;?!]", text.replace("&amp;", "&")), text
