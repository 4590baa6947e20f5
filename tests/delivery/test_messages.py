"""Every message in every wording, in both languages, as text and as HTML, in clear and in the archive."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import linekey.delivery
from linekey.delivery.facts import MASK
from linekey.delivery.letters import LANGUAGES, MESSAGES, SMS, WORDINGS, Written, write
from linekey.domain.kinds import KINDS, Mode, Verb
from linekey.domain.rotation import ending, plan
from tests.delivery.reading import CASES, CODE, FACTS, OPERATOR, TOKEN, Reader, ada, as_read

ROOM = Path(linekey.delivery.__file__).parent

every_message = pytest.mark.parametrize("case", sorted(CASES))
both_languages = pytest.mark.parametrize("language", LANGUAGES)


def told(case: str, language: str, *, masked: bool = False) -> Written:
    message, facts = CASES[case]
    return write(message, ada(language), facts, operator=OPERATOR, masked=masked)


@every_message
@both_languages
def test_every_message_holds_the_customer_id_the_operator_and_the_support_phone(
    case: str, language: str
) -> None:
    written = told(case, language)
    for part in (written.text, Reader(written.html).text):
        assert all(word in part for word in ("ab12345-lk", "Cordée Télécom", "1007", "https://desk.test"))
    assert "ab12345-lk" in written.subject


@every_message
@both_languages
def test_every_message_tells_its_facts_in_text_and_in_html(case: str, language: str) -> None:
    written = told(case, language)
    message, facts = CASES[case]
    read = as_read(facts, language)
    for name in MESSAGES[message] - WORDINGS.keys():
        assert read[name] in written.text, name
        assert read[name] in Reader(written.html).text, name


@every_message
@both_languages
@pytest.mark.parametrize("masked", [False, True])
def test_text_and_html_say_the_same(case: str, language: str, masked: bool) -> None:
    written = told(case, language, masked=masked)
    html = Reader(written.html).text.casefold()
    for line in written.text.splitlines():
        for sentence in re.sub(r"^(\d\. |--$)", "", line).split(" → "):
            assert " ".join(sentence.split()).casefold() in html


@every_message
@both_languages
def test_a_reader_is_told_what_happens_next_and_what_to_do(case: str, language: str) -> None:
    text = told(case, language).text
    headings = {
        "fr": ["CE QUI SE PASSE ENSUITE", "CE QUE VOUS AVEZ À FAIRE", "CE N’ÉTAIT PAS VOUS\u00a0?"],
        "en": ["WHAT HAPPENS NEXT", "WHAT YOU HAVE TO DO", "WAS IT NOT YOU?"],
    }
    lines = text.splitlines()
    for heading in headings[language]:
        assert lines[lines.index(heading) + 2], heading


@every_message
@both_languages
def test_nothing_is_left_unrendered(case: str, language: str) -> None:
    for masked in (False, True):
        written = told(case, language, masked=masked)
        for part in (written.subject, written.text, Reader(written.html).text):
            assert not re.search(r"\{[{%#]|[%#}]\}|%\(|&[a-z]+;|None|Secret\(", part)


@every_message
@both_languages
def test_the_copy_for_the_archive_holds_no_secret_and_no_link_that_opens_something(
    case: str, language: str
) -> None:
    written = told(case, language, masked=True)
    for part in (written.subject, written.text, written.html):
        assert TOKEN not in part
        assert "hT7k" not in part
        assert CODE not in part
    if MESSAGES[CASES[case][0]] & {"password", "link", "code"}:
        assert MASK in written.text
        assert MASK in Reader(written.html).text


@every_message
def test_no_english_is_left_in_french(case: str) -> None:
    lines = {}
    for language in LANGUAGES:
        written = told(case, language, masked=True)
        lines[language] = {line for line in (written.subject, *written.text.splitlines()) if line}
    # What an agent of support wrote to them stands as it was written.
    assert lines["fr"] & lines["en"] - {str(FACTS["reason"])} == {"--", "Cordée Télécom"}


@every_message
@both_languages
def test_html_fetches_nothing_and_says_its_language(case: str, language: str) -> None:
    written = told(case, language)
    reader = Reader(written.html)
    assert reader.language == language
    assert not {"img", "script", "link", "iframe", "object"} & set(reader.tags)
    assert "url(" not in written.html
    assert all(link.startswith("https://desk.test") for link in reader.links)
    assert not re.search(r"<(p|td|h1)[^>]*>\s*</", written.html)
    assert reader.tags.count("h1") == 1


@pytest.mark.parametrize("message", ["contact_code", "contact_changed", "factor_added", "factor_removed"])
@both_languages
def test_subject_and_first_sentence_say_what_it_is_about(message: str, language: str) -> None:
    written = [told(case, language) for case in CASES if CASES[case][0] == message]
    choices = next(len(WORDINGS[name]) for name in MESSAGES[message] & WORDINGS.keys())
    assert len({each.subject for each in written} - {"[ab12345-lk]"}) >= choices
    assert len({each.text.splitlines()[2] for each in written} - {""}) >= choices


def test_whoever_asks_for_a_link_to_a_disabled_account_reads_why_there_is_none() -> None:
    for language in LANGUAGES:
        reasons = {told(case, language).text for case in CASES if CASES[case][0] == "account_disabled"}
        assert len(reasons) == len(WORDINGS["why"])
    assert "Un administrateur de votre organisation l’a désactivé." in told("account_disabled", "fr").text


@pytest.mark.parametrize(
    "case", ["sign_in_code", "contact_code", "contact_code-backup", "contact_code-phone"]
)
@both_languages
def test_a_code_is_large_can_be_copied_as_it_stands_and_is_for_nobody_else(case: str, language: str) -> None:
    written = told(case, language)
    assert f'<p class="code">{CODE}</p>' in written.html
    assert re.search(rf"^\w+ \w+\s?: {CODE}$", written.text, re.MULTILINE)
    assert CODE not in written.subject
    assert {"fr": "Ne donnez jamais ce code à personne", "en": "Never give this code to anybody"}[
        language
    ] in written.text


@pytest.mark.parametrize("left", range(4))
def test_whoever_has_few_recovery_codes_left_is_told_to_make_new_ones(left: int) -> None:
    french = told(f"recovery_code_used-{left}", "fr").text
    english = told(f"recovery_code_used-{left}", "en").text
    assert [
        "Il ne vous reste aucun code de secours.",
        "Il ne vous reste qu’un code de secours.",
        "Il ne vous reste que 2 codes de secours.",
        "Vos autres codes fonctionnent toujours.",
    ][left] in french
    assert ("Only one recovery code is left." in english) == (left == 1)
    assert ("Make new ones now" in english) == (left <= 2)


def test_a_new_contact_is_told_to_the_old_one_too_and_support_can_be_called_at_once() -> None:
    text = told("contact_changed", "fr").text
    assert "Ce message est envoyé à tous les contacts de votre compte, y compris l’ancien." in text
    assert "appelez immédiatement l’assistance au 1007" in text
    assert "mot-de-passe-perdu" not in text  # The link would reach whoever holds the new address.


def test_a_changed_and_a_recovered_password_are_told_in_the_same_words() -> None:
    text = told("password_changed", "en").text
    assert "All other sessions are closed, and no device is trusted any more." in text


def test_every_mail_the_rules_plan_exists() -> None:
    planned = {
        effect.message
        for kind in KINDS.values()
        for verb in kind.verbs
        for delivery in (kind.deliveries if verb is Verb.SEND else (None,))
        for mode in Mode
        for effect in (*plan(kind, verb, mode=mode, delivery=delivery), *ending(kind, by=""))
        if effect.message
    }
    assert planned <= MESSAGES.keys()
    folders = [folder for folder in (ROOM / "messages").iterdir() if folder.is_dir()]
    assert {folder.name for folder in folders} == MESSAGES.keys() | SMS.keys()
    assert {folder.name for folder in folders if (folder / "sms.txt").exists()} == SMS.keys()


def test_the_french_catalogue_is_complete() -> None:
    with (ROOM / "locale/fr/LC_MESSAGES/django.po").open("rb") as file:
        catalogue = read_po(file, locale="fr")
    for sentence in (each for each in catalogue if each.id):
        strings = sentence.string if isinstance(sentence.string, tuple) else (sentence.string,)
        assert all(strings), sentence.id
        assert not sentence.fuzzy, sentence.id
        assert not list(sentence.check()), sentence.id
        # A line must not break before a double sign.
        assert not any(re.search(r" [:;?!]", str(each)) for each in strings), strings
