"""Every message, in both languages, as text and as HTML, in clear and in the archive."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import linekey.delivery
from linekey.delivery.letters import LANGUAGES, MASK, MESSAGES, write
from linekey.domain.kinds import KINDS, Verb
from linekey.domain.rotation import plan
from tests.delivery.reading import DATES, FACTS, OPERATOR, SHOWN, TOKEN, Reader, ada

ROOM = Path(linekey.delivery.__file__).parent

every_message = pytest.mark.parametrize("message", sorted(MESSAGES))
both_languages = pytest.mark.parametrize("language", LANGUAGES)


@every_message
@both_languages
def test_every_message_holds_the_customer_id_the_operator_and_the_support_phone(
    message: str, language: str
) -> None:
    written = write(message, ada(language), FACTS, operator=OPERATOR, masked=False)
    for part in (written.text, Reader(written.html).text):
        assert all(word in part for word in ("ab12345-lk", "Cordée Télécom", "1007", "https://desk.test"))
    assert "ab12345-lk" in written.subject


@every_message
@both_languages
def test_every_message_tells_its_facts_in_text_and_in_html(message: str, language: str) -> None:
    written = write(message, ada(language), FACTS, operator=OPERATOR, masked=False)
    shown = SHOWN | DATES[language]
    for name in MESSAGES[message]:
        assert shown[name] in written.text, name
        assert shown[name] in Reader(written.html).text, name


@every_message
@both_languages
@pytest.mark.parametrize("masked", [False, True])
def test_text_and_html_say_the_same(message: str, language: str, masked: bool) -> None:
    written = write(message, ada(language), FACTS, operator=OPERATOR, masked=masked)
    html = Reader(written.html).text.casefold()
    for line in written.text.splitlines():
        for sentence in re.sub(r"^(\d\. |--$)", "", line).split(" → "):
            assert " ".join(sentence.split()).casefold() in html


@every_message
@both_languages
def test_a_reader_is_told_what_happens_next_and_what_to_do(message: str, language: str) -> None:
    text = write(message, ada(language), FACTS, operator=OPERATOR, masked=False).text
    headings = {
        "fr": ["CE QUI SE PASSE ENSUITE", "CE QUE VOUS AVEZ À FAIRE", "CE N’ÉTAIT PAS VOUS\u00a0?"],
        "en": ["WHAT HAPPENS NEXT", "WHAT YOU HAVE TO DO", "WAS IT NOT YOU?"],
    }
    lines = text.splitlines()
    for heading in headings[language]:
        assert lines[lines.index(heading) + 2], heading


@every_message
@both_languages
def test_nothing_is_left_unrendered(message: str, language: str) -> None:
    for masked in (False, True):
        written = write(message, ada(language), FACTS, operator=OPERATOR, masked=masked)
        for part in (written.subject, written.text, Reader(written.html).text):
            assert not re.search(r"\{[{%#]|[%#}]\}|%\(|&[a-z]+;|None|Secret\(", part)


@every_message
@both_languages
def test_the_copy_for_the_archive_holds_no_secret_and_no_link_that_opens_something(
    message: str, language: str
) -> None:
    written = write(message, ada(language), FACTS, operator=OPERATOR, masked=True)
    for part in (written.subject, written.text, written.html):
        assert TOKEN not in part
        assert "hT7k" not in part
    if MESSAGES[message] & {"password", "link"}:
        assert MASK in written.text
        assert MASK in Reader(written.html).text


@every_message
def test_no_english_is_left_in_french(message: str) -> None:
    lines = {}
    for language in LANGUAGES:
        written = write(message, ada(language), FACTS, operator=OPERATOR, masked=True)
        lines[language] = {line for line in (written.subject, *written.text.splitlines()) if line}
    assert lines["fr"] & lines["en"] == {"--", "Cordée Télécom"}


@every_message
@both_languages
def test_html_fetches_nothing_and_says_its_language(message: str, language: str) -> None:
    written = write(message, ada(language), FACTS, operator=OPERATOR, masked=False)
    reader = Reader(written.html)
    assert reader.language == language
    assert not {"img", "script", "link", "iframe", "object"} & set(reader.tags)
    assert "url(" not in written.html
    assert all(link.startswith("https://desk.test") for link in reader.links)
    assert reader.tags.count("h1") == 1


def test_every_mail_the_rules_plan_exists() -> None:
    planned = {
        effect.message
        for kind in KINDS.values()
        for verb in kind.verbs
        for delivery in (kind.deliveries if verb is Verb.SEND else (None,))
        for effect in plan(kind, verb, delivery=delivery)
        if effect.message
    }
    assert planned <= MESSAGES.keys()
    folders = {folder.name for folder in (ROOM / "messages").iterdir() if folder.is_dir()}
    assert folders == MESSAGES.keys()


def test_the_french_catalogue_is_complete() -> None:
    with (ROOM / "locale/fr/LC_MESSAGES/django.po").open("rb") as file:
        catalogue = read_po(file, locale="fr")
    for sentence in (each for each in catalogue if each.id):
        assert sentence.string, sentence.id
        assert not sentence.fuzzy, sentence.id
        assert not list(sentence.check()), sentence.id
        # A line must not break before a double sign.
        assert not re.search(r" [:;?!]", str(sentence.string)), sentence.string
