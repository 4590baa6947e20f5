"""Every plan, for every kind, verb, delivery and haste: what happens, and never before what."""

from itertools import product
from pathlib import Path

import pytest

import linekey.delivery
from linekey.delivery.letters import MESSAGES
from linekey.domain.effects import Effect, EffectKind, StepState
from linekey.domain.kinds import KINDS, Delivery, Kind, Mode, Stored, Verb
from linekey.domain.rotation import CUT, ending, plan

FOLDERS = Path(linekey.delivery.__file__).parent / "messages"
ON_NETWORK = frozenset({EffectKind.PUSH, EffectKind.RETIRE, EffectKind.DROP, EffectKind.DISCONNECT})
TELLS_SECRET = frozenset({EffectKind.DELIVER, EffectKind.INVITE})

CASES = [
    (kind, verb, delivery, compromised)
    for kind, compromised in product(KINDS.values(), (False, True))
    for verb in sorted(kind.verbs)
    for delivery in (kind.deliveries if verb is Verb.SEND else (None,))
]


def steps(case: tuple[Kind, Verb, Delivery | None, bool]) -> list[Effect]:
    kind, verb, delivery, compromised = case
    return plan(kind, verb, delivery=delivery, compromised=compromised)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0].code}-{case[1]}-{case[2]}-{case[3]}")
class TestEveryPlan:
    def test_nobody_is_cut_before_they_hold_the_new_secret(
        self, case: tuple[Kind, Verb, Delivery | None, bool]
    ) -> None:
        """Law 4. Whoever changes or resets holds it already: the page shows it."""
        kinds = [step.kind for step in steps(case)]
        told = [at for at, kind in enumerate(kinds) if kind in TELLS_SECRET]
        touched = [at for at, kind in enumerate(kinds) if kind in ON_NETWORK]
        if told and touched and not case[3]:
            assert max(told) < min(touched)
        if told and touched and case[3]:
            assert max(touched) < min(told), "a leaked secret is cut before anything else"

    def test_the_old_connection_is_cut_right_after_the_element_changed(
        self, case: tuple[Kind, Verb, Delivery | None, bool]
    ) -> None:
        kinds = [step.kind for step in steps(case)]
        for at, kind in enumerate(kinds):
            if kind in (EffectKind.PUSH, EffectKind.RETIRE):
                assert kinds[at + 1] is CUT[case[0]]
            if kind is CUT[case[0]]:
                assert kinds[at - 1] in (EffectKind.PUSH, EffectKind.RETIRE)

    def test_whatever_touches_the_network_or_tells_a_secret_keeps_its_place_in_the_lane(
        self, case: tuple[Kind, Verb, Delivery | None, bool]
    ) -> None:
        """Law 1."""
        for step in steps(case):
            assert step.ordered is (step.kind in ON_NETWORK | TELLS_SECRET)

    def test_every_message_named_can_be_written(self, case: tuple[Kind, Verb, Delivery | None, bool]) -> None:
        speaks = TELLS_SECRET | {EffectKind.NOTIFY}
        for step in steps(case):
            assert bool(step.message) is (step.kind in speaks)
            if step.message:
                assert step.message in MESSAGES and (FOLDERS / step.message / "subject.txt").is_file()

    def test_no_step_carries_anything_to_keep_secret(
        self, case: tuple[Kind, Verb, Delivery | None, bool]
    ) -> None:
        assert all(step.facts == {} for step in steps(case))


GRACEFUL = [case for case in CASES if case[1] is not Verb.RETIRE and not case[3]]


@pytest.mark.parametrize("case", GRACEFUL, ids=lambda case: f"{case[0].code}-{case[1]}-{case[2]}")
class TestEveryPlanInGrace:
    def test_nobody_is_cut(self, case: tuple[Kind, Verb, Delivery | None, bool]) -> None:
        """NEW-1: the old secret is released later, by its deadline or the first use of the new one."""
        promised = plan(case[0], case[1], mode=Mode.GRACE, delivery=case[2])
        kinds = [step.kind for step in promised]
        assert not {EffectKind.DROP, EffectKind.DISCONNECT, EffectKind.RETIRE} & set(kinds)
        if EffectKind.PUSH in kinds:
            assert kinds[-2:] == [EffectKind.WATCH, EffectKind.RELEASE]

    def test_what_waits_for_days_holds_up_no_later_change(
        self, case: tuple[Kind, Verb, Delivery | None, bool]
    ) -> None:
        for step in plan(case[0], case[1], mode=Mode.GRACE, delivery=case[2]):
            if step.kind in (EffectKind.WATCH, EffectKind.RELEASE):
                assert not step.ordered

    def test_every_message_named_can_be_written(self, case: tuple[Kind, Verb, Delivery | None, bool]) -> None:
        for step in plan(case[0], case[1], mode=Mode.GRACE, delivery=case[2]):
            assert not step.message or step.message in MESSAGES

    def test_a_leaked_secret_is_cut_whatever_was_chosen(
        self, case: tuple[Kind, Verb, Delivery | None, bool]
    ) -> None:
        chosen = plan(case[0], case[1], mode=Mode.GRACE, delivery=case[2], compromised=True)
        assert chosen == plan(case[0], case[1], delivery=case[2], compromised=True)


def test_ending_a_grace_refuses_the_old_secret_before_it_cuts() -> None:
    """Law 3: cut first, the device would come back with the old one."""
    for kind in CUT:
        ordered = [step.kind for step in ending(kind, by="") if step.ordered]
        assert ordered == [EffectKind.RELEASE, CUT[kind]]


def test_a_link_leaves_the_network_alone_until_it_is_opened() -> None:
    for kind in (kind for kind in KINDS.values() if Verb.SEND in kind.verbs):
        for compromised in (False, True):
            (step,) = plan(kind, Verb.SEND, delivery=Delivery.LINK, compromised=compromised)
            assert step.kind is EffectKind.INVITE


def test_only_a_secret_that_can_be_had_back_is_ever_written_in_a_mail() -> None:
    for kind in KINDS.values():
        assert (Delivery.MAIL in kind.deliveries) <= (kind.stored is Stored.SEALED)


def test_each_verb_of_each_kind_does_something() -> None:
    assert {(kind.code, verb) for kind, verb, *_ in CASES} == {
        (kind.code, verb) for kind in KINDS.values() for verb in kind.verbs
    }
    assert all(steps(case) for case in CASES)


def test_nobody_chooses_a_pppoe_password() -> None:
    """PPP-2."""
    assert Verb.CHANGE not in KINDS["pppoe_access"].verbs


def test_a_blocked_or_dead_step_does_not_hold_its_lane() -> None:
    from linekey.domain.effects import OPEN_STATES

    assert set(OPEN_STATES) == {StepState.WAITING, StepState.CLAIMED}
