"""Every refusal has a code of its own for scripts, a sentence, and the person's next step."""

import re

import pytest

from linekey.domain import errors
from linekey.domain.errors import N_, Malformed, PasswordRefused, Refusal

REFUSALS = [
    found
    for found in vars(errors).values()
    if isinstance(found, type) and issubclass(found, Refusal) and found is not Refusal
]


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.__name__)
def test_a_refusal_says_what_and_what_next(refusal: type[Refusal]) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", refusal.code)
    for sentence in (refusal.sentence, refusal.next_step):
        assert sentence.endswith(".") and sentence[0].isupper()


def test_no_two_refusals_share_a_code() -> None:
    assert len({refusal.code for refusal in REFUSALS}) == len(REFUSALS)


def test_a_refusal_carries_the_values_of_its_sentence() -> None:
    refusal = Malformed(field="path", why="it must start with /")
    assert refusal.sentence % refusal.values == "The value of “path” cannot be read: it must start with /."
    assert str(refusal) == "malformed"


def test_a_refused_password_names_the_rules_and_never_itself() -> None:
    refusal = PasswordRefused(["a rule"])
    assert refusal.broken == ("a rule",) and str(refusal) == "password_refused" and refusal.values == {}


def test_marking_a_sentence_for_translation_leaves_it_as_it_is() -> None:
    assert N_("Ask for a new link.") == "Ask for a new link."
