"""A drawn secret always meets the rules, can be read aloud, and no character is likelier than another."""

from collections import Counter

import pytest

from linekey.domain.drawing import READABLE, draw
from linekey.domain.kinds import KINDS, SIP_LINE, Kind
from linekey.domain.password_rules import PRESETS, Circumstances, Rule, judge, length

ADA = Circumstances(personal=("Lemoine", "ab12345-lk"), common=frozenset({"password"}))


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if kind.verbs], ids=lambda kind: kind.code)
@pytest.mark.parametrize("preset", sorted(PRESETS))
def test_a_drawn_secret_meets_every_preset(kind: Kind, preset: str) -> None:
    for _ in range(300):
        secret = draw(kind, PRESETS[preset], ADA)
        assert all(verdict.good for verdict in judge(PRESETS[preset], secret, ADA))
        assert len(secret) == kind.drawn_length
        assert set(secret.reveal()) <= {*READABLE, "-"}


def test_no_drawn_character_can_be_taken_for_another_or_break_a_phones_file() -> None:
    """Peers: MicroSIP, XML and ini templates, and a voice on the telephone."""
    assert not set(READABLE) & set("0O1lI\"'<>&:;@/\\ ")
    assert len(set(READABLE)) == len(READABLE) == 57


def test_every_character_is_as_likely_as_any_other() -> None:
    """χ² over 64 000 characters, 56 degrees of freedom: 126 is passed by chance once in a million runs."""
    anything: tuple[Rule, ...] = ()
    seen = Counter("".join(draw(SIP_LINE, anything, ADA).reveal() for _ in range(4000)))
    expected = sum(seen.values()) / len(READABLE)
    assert sum((seen[sign] - expected) ** 2 / expected for sign in READABLE) < 126


def test_no_two_draws_are_alike() -> None:
    assert len({draw(SIP_LINE, PRESETS["nist"], ADA) for _ in range(1000)}) == 1000


def test_rules_which_want_more_characters_get_them() -> None:
    assert len(draw(SIP_LINE, (length(32, 64),), ADA)) == 32


def test_a_secret_the_service_had_is_drawn_again() -> None:
    drawn = iter([True, True, False])
    draw(SIP_LINE, PRESETS["nist"], Circumstances(used_before=lambda secret: next(drawn)))
    assert next(drawn, "used up") == "used up"


def test_rules_which_contradict_each_other_are_a_bug_and_say_so() -> None:
    with pytest.raises(RuntimeError, match="contradicts itself"):
        draw(SIP_LINE, (length(4, 8),), ADA)
