"""Whom a letter greets, how it tells the time, what strangers' words can do to it; what an SMS may hold."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from linekey.delivery.facts import LONGEST_LINE
from linekey.delivery.gsm import ALPHABET
from linekey.delivery.letters import (
    LANGUAGES,
    LONGEST_SENDER,
    SMS,
    OperatorVoice,
    write,
    write_sms,
)
from tests.delivery.reading import CASES, CODE, FACTS, OPERATOR, Reader, ada

CHOSEN_BY_STRANGERS = ("device", "address", "by", "label", "shown", "key_id", "number", "reference", "login")
HOSTILE = (
    "\r\nBcc: eve@example.test",
    "Firefox\r\n\r\nWHAT YOU HAVE TO DO\r\n\r\nCall 0899 000 000",
    "\u2028Call\u202e 666\u2069",
    "</td></table><script>alert(1)</script><a href='https://evil.example'>",
    "{{ link }}{% include 'base.txt' %}%(at)s",
    "x" * 999,
)


def test_a_person_whose_language_we_do_not_write_reads_french() -> None:
    written = write("password_changed", ada("de"), FACTS, operator=OPERATOR, masked=False)
    assert written == write("password_changed", ada("fr"), FACTS, operator=OPERATOR, masked=False)


def test_a_person_without_a_name_is_greeted_all_the_same() -> None:
    written = write("signed_in", ada("en", name=""), FACTS, operator=OPERATOR, masked=False)
    assert written.text.startswith("Hello,\n")


def test_a_change_by_nobody_in_particular_names_nobody() -> None:
    written = write("sip_line_changed", ada("en"), FACTS | {"by": ""}, operator=OPERATOR, masked=False)
    assert "By:" not in written.text
    assert "By:" not in written.html


def test_the_first_of_a_month_is_written_as_the_french_write_it() -> None:
    facts = {"at": datetime(2026, 5, 1, 7, 0, tzinfo=UTC)}
    assert (
        "1er mai 2026 à 09:00 CEST"
        in write("password_changed", ada("fr"), facts, operator=OPERATOR, masked=False).text
    )
    assert (
        "1 May 2026, 09:00 CEST"
        in write("password_changed", ada("en"), facts, operator=OPERATOR, masked=False).text
    )


def test_a_lost_fact_or_an_unknown_message_is_a_bug() -> None:
    with pytest.raises(LookupError, match="device"):
        write("signed_in", ada("fr"), {"at": FACTS["at"], "address": ""}, operator=OPERATOR, masked=False)
    with pytest.raises(LookupError):
        write("../letters", ada("fr"), FACTS, operator=OPERATOR, masked=False)
    with pytest.raises(LookupError, match="no words for this what: 'horoscope'"):
        write("factor_added", ada("fr"), FACTS | {"what": "horoscope"}, operator=OPERATOR, masked=False)


def test_a_written_mail_that_is_logged_shows_its_subject_only() -> None:
    written = write("pppoe_access_credentials", ada("en"), FACTS, operator=OPERATOR, masked=False)
    assert repr(written) == "Written('[ab12345-lk] Your PPPoE credentials')"


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("case", sorted(CASES))
def test_no_message_lets_a_strangers_words_pose_as_ours(case: str, words: str) -> None:
    message, facts = CASES[case]
    chosen = {name: f"A{words}" for name in CHOSEN_BY_STRANGERS if facts[name]}
    for masked in (False, True):
        plain = write(message, ada("fr"), facts, operator=OPERATOR, masked=masked)
        written = write(message, ada("fr", f"A{words}"), facts | chosen, operator=OPERATOR, masked=masked)
        assert len(written.text.splitlines()) == len(plain.text.splitlines())
        assert Reader(written.html).tags == Reader(plain.html).tags
        assert Reader(written.html).links == Reader(plain.html).links
        assert not {"\r", "\u2028", "\u202e", "\u2069"} & set(written.text + written.html + written.subject)
        assert len(written.subject.splitlines()) == 1


@given(st.text() | st.sampled_from(HOSTILE))
@example("Firefox\r\n\r\nWHAT YOU HAVE TO DO\r\n\r\nCall 0899 000 000")
@example("<script>alert(1)</script>")
def test_what_a_stranger_chose_adds_no_line_and_no_tag(words: str) -> None:
    plain = write("signed_in", ada("en"), FACTS, operator=OPERATOR, masked=False)
    facts = FACTS | {"device": words, "number": words}
    written = write("signed_in", ada("en", name=f"A{words}"), facts, operator=OPERATOR, masked=False)
    assert len(written.text.splitlines()) == len(plain.text.splitlines())
    assert Reader(written.html).tags == Reader(plain.html).tags
    subject = write("sip_line_changed", ada("en"), facts, operator=OPERATOR, masked=False).subject
    assert len(subject.splitlines()) == 1
    assert len(subject) <= LONGEST_LINE
    (written.text + written.html + subject).encode()


@pytest.mark.parametrize("message", sorted(name for name, needed in SMS.items() if "code" in needed))
@pytest.mark.parametrize("language", [*LANGUAGES, "de"])
@pytest.mark.parametrize("name", ["Cordée Télécom", "Œuvre d’Île-de-France & Co SAS", "電", "x" * 200])
def test_a_code_fits_one_sms_whatever_the_operator_is_called(message: str, language: str, name: str) -> None:
    operator = OperatorVoice(name, "1007", "https://desk.test")
    sms = write_sms(message, language, FACTS, operator=operator)
    assert sms.startswith(f"{CODE} ")
    assert len(sms) <= 160
    assert ALPHABET.issuperset(sms)
    assert " 10 min" in sms


def test_whoever_support_decides_about_can_stop_it_from_an_sms() -> None:
    sms = write_sms("case_decided", "en", FACTS, operator=OPERATOR)
    assert (
        sms
        == f"Cordée Télécom: support was asked to change your account. Not you? Stop it here: {FACTS['link']}"
    )


def test_the_longest_name_an_sms_names_in_full_has_24_letters() -> None:
    name = "Télécom des Hautes-Alpes"
    assert len(name) == LONGEST_SENDER
    operator = OperatorVoice(name, "1007", "https://desk.test")
    assert f"votre code de connexion {name}," in write_sms("sign_in_code", "fr", FACTS, operator=operator)


def test_what_a_phone_cannot_show_is_spelled_with_plain_letters() -> None:
    operator = OperatorVoice("Île – «\u00a0Cœur\u00a0» d’Été\u2028", "1007", "https://desk.test")
    sms = write_sms("contact_code", "fr", FACTS, operator=operator)
    assert sms == (
        f'{CODE} est votre code Ile - " Coeur " d\'Été, valable 10 min, pour confirmer ce numéro. '
        "Ne le donnez à personne, assistance comprise. Pas vous ? Ignorez-le."
    )


def test_an_sms_in_english_says_the_same() -> None:
    assert write_sms("sign_in_code", "en", FACTS, operator=OPERATOR) == (
        f"{CODE} is your Cordée Télécom sign-in code, valid 10 min. "
        "Give it to nobody, not even support. Not you? Change your password."
    )


def test_an_sms_without_its_code_or_of_a_message_that_is_mail_only_is_a_bug() -> None:
    with pytest.raises(LookupError, match="sign_in_code lacks code"):
        write_sms("sign_in_code", "fr", {"lasts_minutes": 10}, operator=OPERATOR)
    with pytest.raises(KeyError):
        write_sms("welcome", "fr", FACTS, operator=OPERATOR)
