"""Security questions: how an answer is read, and which one is worth nothing."""

import pytest

from linekey.domain import questions
from linekey.domain.errors import Malformed
from linekey.domain.secret import Secret

FACTS = ("Ada", "Lemoine", "ada.lemoine@example.org", "19851210", "+33612345678")


@pytest.mark.parametrize(
    "typed", ["Éva-Lou", " eva lou ", "EVALOU", "e\u0301va lou", "Ｅｖａ‑Ｌｏｕ", "éva\u200blou"]
)
def test_capitals_accents_blanks_and_signs_do_not_matter(typed: str) -> None:
    assert questions.key(Secret(typed)) == Secret("evalou")


def test_another_script_is_an_answer_as_well() -> None:
    assert questions.require_good("first_pet", Secret("Барсик"), FACTS) == questions.key(Secret("БАРСИК"))


def test_a_question_has_a_code_that_its_column_holds() -> None:
    assert all(len(code) <= 16 and sentence.endswith("?") for code, sentence in questions.QUESTIONS.items())


@pytest.mark.parametrize(
    ("question", "answer", "field"),
    [
        ("", "Moustache", "question"),
        ("mother", "Moustache", "question"),
        ("first_pet", "x" * 101, "answer"),
        ("first_pet", "Rex", "answer"),
        ("first_pet", "!!!!!!", "answer"),
        ("first_pet", "First pet", "answer"),
        ("first_pet", "lemoine", "answer"),
        ("first_pet", "1985-12-10", "answer"),
        ("first_pet", "Ada.Lemoine@example.org", "answer"),
    ],
)
def test_what_others_can_know_or_guess_is_no_answer(question: str, answer: str, field: str) -> None:
    with pytest.raises(Malformed) as refusal:
        questions.require_good(question, Secret(answer), FACTS)
    assert refusal.value.values["field"] == field


def test_an_answer_nobody_else_can_know_is_taken() -> None:
    assert questions.require_good("first_pet", Secret("Moustache"), FACTS) == Secret("moustache")
