"""Support cases: drawn as they are, every one ends, and no decision rests on too little."""

import re
from graphlib import TopologicalSorter
from itertools import chain, combinations

import pytest

from linekey.domain import cases, limits
from linekey.domain.access import Role
from linekey.domain.cases import (
    ENOUGH,
    IN_HAND,
    MAILBOX,
    MOVES,
    OFFERED,
    OVER,
    TOLD,
    CaseEffect,
    CaseKind,
    CaseState,
    CaseStepKind,
    Proof,
    needs_two,
    opposed,
    suffices,
    words,
)
from linekey.domain.errors import Malformed
from tests.docs.pages import blocks, rows, text_of

PAGE = "docs/reference/support-cases.md"
GRAVE = {CaseEffect.REPLACE_EMAIL, CaseEffect.FACTOR_OFF}
EVERY_SET = [
    set(each) for each in chain.from_iterable(combinations(Proof, size) for size in range(len(Proof) + 1))
]


class TestTheDrawing:
    def test_is_the_table(self) -> None:
        (drawing,) = blocks(text_of(PAGE), "mermaid")
        arrows = set(re.findall(r"^\s*(\S+) --> (\S+)", drawing, re.MULTILINE))
        allowed = {(old.value, new.value) for old, moves in MOVES.items() for new in moves}
        assert {arrow for arrow in arrows if "[*]" not in arrow} == allowed
        assert {old for old, new in arrows if new == "[*]"} == OVER

    def test_tells_what_each_kind_offers(self) -> None:
        table = {cells[0]: cells[2] for cells in rows(text_of(PAGE)) if cells[0].strip("`") in set(CaseKind)}
        offered = {
            f"`{kind}`": ", ".join(f"`{effect}`" for effect in effects) for kind, effects in OFFERED.items()
        }
        assert table == offered

    def test_tells_which_proofs_are_enough(self) -> None:
        for cells in rows(text_of(PAGE)):
            if cells[0].strip("`") in set(CaseEffect):
                ways = [set(re.findall(r"`(\w+)`", way)) for way in cells[2].split(";")]
                effect = CaseEffect(cells[0].strip("`"))
                assert ways == [set(way) for way in ENOUGH[effect]]
                assert (cells[3] == "always") == (effect in GRAVE)

    def test_tells_the_limits(self) -> None:
        page = text_of(PAGE)
        assert (limits.CASES.most, limits.CASES_ABOUT.most, limits.CASES_IN_ALL.most) == (3, 10, 500)
        assert (cases.LAPSES.days, cases.FOLLOWED.days, cases.KEPT.days) == (30, 30, 7)
        assert "| 3 a day |" in page and "| 500 an hour |" in page and "seven days after the end" in page


class TestMoves:
    def test_every_case_ends_and_none_comes_back(self) -> None:
        assert all(not MOVES[state] for state in OVER)
        assert all(MOVES[state] & OVER for state in CaseState if state not in OVER)
        # But for the loop of asking and of disagreeing, nothing goes backwards.
        onward = {state: moves - {CaseState.REVIEW} for state, moves in MOVES.items()}
        list(TopologicalSorter(onward).static_order())

    def test_a_decision_waits_before_it_is_carried_out(self) -> None:
        assert {state for state, moves in MOVES.items() if CaseState.DONE in moves} == {CaseState.WAITING}
        assert {state for state, moves in MOVES.items() if CaseState.STOPPED in moves} == {CaseState.WAITING}

    def test_proofs_are_checked_before_the_decision(self) -> None:
        assert all(CaseState.WAITING in MOVES[state] for state in IN_HAND)


class TestProofs:
    @pytest.mark.parametrize("effect", CaseEffect)
    def test_nothing_is_decided_on_nothing_nor_on_an_extension(self, effect: CaseEffect) -> None:
        assert not suffices(set(), [effect])
        assert not suffices({Proof.EXTENSION}, [effect])

    @pytest.mark.parametrize("effect", CaseEffect)
    def test_more_proofs_are_never_worse(self, effect: CaseEffect) -> None:
        for held in EVERY_SET:
            if suffices(held, [effect]):
                assert all(suffices(held | {more}, [effect]) for more in Proof)

    def test_a_stolen_phone_switches_no_factor_off(self) -> None:
        assert not suffices({Proof.CALL_BACK, Proof.EXTENSION}, [CaseEffect.FACTOR_OFF])

    @pytest.mark.parametrize("mailbox", sorted(MAILBOX))
    def test_a_mailbox_and_no_factor_want_two(self, mailbox: CaseEffect) -> None:
        both = [mailbox, CaseEffect.FACTOR_OFF]
        assert not any(suffices({proof}, both) for proof in Proof)
        assert suffices({Proof.DOCUMENTS, Proof.CALL_BACK}, both)

    def test_all_effects_of_a_decision_are_proven(self) -> None:
        both = [CaseEffect.FACTOR_OFF, CaseEffect.CLEAR_QUESTION]
        assert suffices({Proof.RECOVERY_CODE}, both)
        assert not suffices({Proof.CALL_BACK}, both)  # Enough for the question alone.


class TestDecisions:
    @pytest.mark.parametrize("kind", CaseKind)
    def test_every_kind_offers_what_its_applicant_asks_for(self, kind: CaseKind) -> None:
        assert not opposed([OFFERED[kind][0]], kind)
        assert opposed([], kind)
        assert opposed(MAILBOX, kind)

    def test_one_kind_does_not_become_another(self) -> None:
        assert opposed([CaseEffect.REPLACE_EMAIL], CaseKind.FACTOR_LOST)

    @pytest.mark.parametrize("role", Role)
    @pytest.mark.parametrize("effect", CaseEffect)
    def test_what_weighs_takes_two_agents(self, effect: CaseEffect, role: Role) -> None:
        assert needs_two([effect], role) == (effect in GRAVE or role is not Role.SUBSCRIBER)
        assert needs_two([CaseEffect.PROMOTE_BACKUP, CaseEffect.CLEAR_QUESTION], role)


def test_the_applicant_is_told_nothing_that_only_an_account_can_have() -> None:
    """Law 7: codes, proofs and proposals come to accounts that exist."""
    telling = {CaseStepKind.PROOF, CaseStepKind.CODE_SENT, CaseStepKind.ATTACHED, CaseStepKind.PROPOSED}
    assert not TOLD & (telling | {CaseStepKind.NOTED, CaseStepKind.READ, CaseStepKind.SENT_BACK})


def test_words_are_kept_without_marks_nobody_sees() -> None:
    assert words(" a\0\u202eb\ud800\nc ", field="x", most=9) == "ab\nc"
    assert words("", field="x", most=9) == ""
    for wrong, needed in (("", True), ("\0", True), ("x" * 10, False)):
        with pytest.raises(Malformed):
            words(wrong, field="x", most=9, needed=needed)
