"""Each rule says no when it should and only then, and nothing a person can type breaks it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linekey.domain.password_rules import PRESETS, Circumstances, Rule, judge, length
from linekey.domain.secret import Secret

# Lone surrogates too: JSON can carry them (RFC 8259 section 8.2).
ANYTHING = st.text(st.characters(exclude_categories=()), max_size=40)
ADA = Circumstances(
    personal=("Ada", "Éva-Lou", "Lemoine", "19851210", "ab12345-lk", "972101010", "", "-"),
    common=frozenset({"password", "iloveyou", "motdepasse", "azerty123"}),
)


def broken(preset: str, clear: str, circumstances: Circumstances = ADA) -> set[str]:
    verdicts = judge(PRESETS[preset], Secret(clear), circumstances)
    return {verdict.rule.code for verdict in verdicts if not verdict.good}


@pytest.mark.parametrize("preset", sorted(PRESETS))
@given(clear=ANYTHING, personal=st.lists(ANYTHING, max_size=3))
def test_nothing_that_can_be_typed_breaks_the_verdict(preset: str, clear: str, personal: list[str]) -> None:
    verdicts = judge(PRESETS[preset], Secret(clear), Circumstances(personal=tuple(personal)))
    assert [verdict.rule for verdict in verdicts] == list(PRESETS[preset])
    assert all(isinstance(verdict.good, bool) for verdict in verdicts)


@given(st.text("abcXYZ0189-", max_size=10), st.sampled_from(["", "k", "7"]))
def test_a_word_that_reads_the_same_backwards_is_always_named(half: str, middle: str) -> None:
    word = half + middle + half[::-1]
    assert ("palindrome" in broken("legacy", word)) is bool(word)


@given(st.text("abcdefgh01234567", min_size=1, max_size=20))
def test_a_word_that_reads_otherwise_backwards_is_no_palindrome(word: str) -> None:
    assert ("palindrome" in broken("legacy", word)) is (word == word[::-1])


@given(st.integers(0, 40))
def test_length_counts_characters_with_both_ends_included(size: int) -> None:
    (verdict,) = judge((length(8, 20),), Secret("é" * size), ADA)
    assert verdict.good is (8 <= size <= 20)


@pytest.mark.parametrize(
    ("preset", "clear", "codes"),
    [
        ("legacy", "Tilleul-4718", set()),
        ("legacy", "µ%Tilleul4718", set()),
        ("legacy", "tilleul 4718", {"charset"}),
        ("legacy", "tilleulé4718", {"charset"}),
        ("legacy", "tilleul$4718", {"charset"}),
        ("legacy", "47184719", {"classes"}),
        ("legacy", "", {"length", "charset", "classes"}),
        ("anssi", "Tilleul-4718", set()),
        ("anssi", "tilleul-4718", {"classes"}),
        ("anssi", "TILLEUL-4718", {"classes"}),
        ("nist", "tilleul marronnier", set()),
        ("nist", "court", {"length"}),
        ("nist", "tilleul et forêt", {"charset"}),
        ("portal", "Żółta 蝶々 が飛ぶ 🦋", set()),
        ("portal", "tilleul\tmarronnier", {"charset"}),
        ("portal", "tilleul\ud800marronnier", {"charset"}),
        ("portal", "tilleul\u0378marronnier", {"charset"}),
    ],
)
def test_a_preset_names_exactly_what_is_wrong(preset: str, clear: str, codes: set[str]) -> None:
    assert broken(preset, clear) == codes


@pytest.mark.parametrize(
    "clear",
    [
        "lemoine-73914",
        "xXLEMOINEXx-9",
        "eva.lou.73914",
        "ÉVÀ_LÔU-73914",
        "Noel19851210x",
        "x972101010xYZ",
        "AB12345lk-x73",
        "Ada",
        "a-d-a",
    ],
)
def test_what_others_can_know_is_refused_however_it_is_dressed(clear: str) -> None:
    """SIP-4."""
    assert "personal" in broken("portal", clear)


@pytest.mark.parametrize("clear", ["adamant-73914", "lemo-73914-bleu", "", "1985-tilleul"])
def test_a_chance_likeness_is_not_held_against_anybody(clear: str) -> None:
    assert "personal" not in broken("portal", clear)


@pytest.mark.parametrize(
    "clear",
    [
        "password",
        "PASSWORD",
        "Password1!",
        "2026password",
        "p4ssw0rd",
        "P@ssw0rd!",
        "iloveyou2026!",
        "azerty123",
    ],
)
def test_a_common_password_in_disguise_is_still_common(clear: str) -> None:
    assert "common" in broken("portal", clear)


def test_a_password_the_service_had_before_is_refused() -> None:
    asked: list[Secret] = []

    def used_before(secret: Secret) -> bool:
        asked.append(secret)
        return True

    assert broken("nist", "tilleul marronnier", Circumstances(used_before=used_before)) == {"history"}
    assert asked == [Secret("tilleul marronnier")]


def every_rule() -> list[Rule]:
    return [rule for rules in PRESETS.values() for rule in rules]


@pytest.mark.parametrize("rule", every_rule(), ids=lambda rule: rule.code)
def test_every_rule_says_its_condition_and_how_to_satisfy_it(rule: Rule) -> None:
    for sentence in (rule.condition, rule.advice):
        places = set(re.findall(r"%\((\w+)\)", sentence))
        assert places <= {name for name, _ in rule.values}
        assert not rule.values or sentence % dict(rule.values)
