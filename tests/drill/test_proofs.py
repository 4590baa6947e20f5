"""Each proof of `make drill` holds over a story without loss, and fails over the one it is there for."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from drill import proofs
from drill.proofs import Asked, Effect, Proof, Version

ASKED = [
    Asked("first", "ada", "change", 0.0, 1.0, 1),
    Asked("second", "ada", "change", 2.0, 3.0, 2),
    Asked("third", "ada", "reset", 2.5, 9.0, None),
    Asked("given-up", "bruno", "change", 3.0, None, None),
]
VERSIONS = [
    Version("ada", number, key, f"ha1-{number}") for number, key in enumerate(("first", "second", "third"), 1)
]
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def effects(*states: str) -> list[Effect]:
    """A push and a look for each version, numbered and settled as they were made."""
    made = []
    for version, state in enumerate(states, 1):
        settled = NOON + timedelta(seconds=version) if state in ("done", "skipped") else None
        made.append(Effect(10 * version, "ada", version, 0, "push", state, settled))
        made.append(Effect(10 * version + 1, "ada", version, 1, "watch", "waiting", None))
    return made


APPLIED = effects("done", "skipped", "done")
HISTORY = [("ada", "ha1-1"), ("ada", "ha1-3")]


def fails(proof: Proof, *words: str) -> bool:
    return not proof.holds and len(proof.faults) == 1 and all(word in proof.faults[0] for word in words)


def test_a_story_without_loss_holds() -> None:
    found: Sequence[Proof] = [
        proofs.nothing_lost(ASKED, VERSIONS),
        proofs.once_per_key(VERSIONS),
        proofs.numbered_without_gap(VERSIONS),
        proofs.in_the_order_people_saw(ASKED, VERSIONS),
        proofs.outbox_settled(APPLIED, VERSIONS),
        proofs.settled_in_order(APPLIED),
        proofs.element_has_the_newest(VERSIONS, {"ada": "ha1-3"}),
        proofs.element_took_each_once(HISTORY, VERSIONS, APPLIED),
        proofs.in_the_trail(VERSIONS, {("ada", 1): 1, ("ada", 2): 1, ("ada", 3): 1}),
        proofs.rotated_once({"ada": "done"}, VERSIONS[:2]),
    ]
    assert [proof.name for proof in found if not proof.holds] == []


def test_over_nothing_nothing_is_proven() -> None:
    assert not proofs.nothing_lost([], []).holds


def test_a_change_that_was_answered_and_lost_is_named() -> None:
    assert fails(proofs.nothing_lost(ASKED, [VERSIONS[0], VERSIONS[2]]), "second", "nowhere")


def test_a_change_that_was_told_another_number_is_named() -> None:
    swapped = [VERSIONS[0], replace(VERSIONS[1], number=3), replace(VERSIONS[2], number=2)]
    assert fails(proofs.nothing_lost(ASKED, swapped), "second", "told version 2", "is 3")


def test_a_request_carried_out_twice_is_named() -> None:
    twice = [*VERSIONS, Version("ada", 4, "second", "ha1-4")]
    assert fails(proofs.once_per_key(twice), "second", "2 times")


def test_a_version_that_is_gone_leaves_a_gap() -> None:
    assert fails(proofs.numbered_without_gap([VERSIONS[0], VERSIONS[2]]), "[1, 3]")


def test_a_later_change_under_an_earlier_number_is_named() -> None:
    swapped = [replace(VERSIONS[0], number=2), replace(VERSIONS[1], number=1), VERSIONS[2]]
    assert fails(proofs.in_the_order_people_saw(ASKED, swapped), "second", "first was answered")


def test_changes_at_the_same_moment_may_come_in_either_order() -> None:
    swapped = [VERSIONS[0], replace(VERSIONS[1], number=3), replace(VERSIONS[2], number=2)]
    assert proofs.in_the_order_people_saw(ASKED, swapped).holds


def test_a_promise_nobody_kept_is_named() -> None:
    for state in ("waiting", "claimed", "dead", "blocked"):
        assert fails(proofs.outbox_settled(effects("done", "done", state), VERSIONS), f"is {state}")
    assert fails(proofs.outbox_settled(effects("done", "done"), VERSIONS), "nothing was promised")
    assert fails(proofs.outbox_settled([*APPLIED, replace(APPLIED[0], id=99)], VERSIONS), "2 times")


def test_an_older_version_settled_last_is_named() -> None:
    late = [replace(APPLIED[0], settled_at=NOON + timedelta(hours=1)), *APPLIED[1:]]
    assert fails(proofs.settled_in_order(late), "2 was settled before 1")


def test_an_old_password_on_the_registrar_is_named() -> None:
    assert fails(proofs.element_has_the_newest(VERSIONS, {"ada": "ha1-2"}), "does not have version 3")
    assert fails(proofs.element_has_the_newest(VERSIONS, {}), "does not have version 3")
    assert fails(proofs.element_has_the_newest(VERSIONS, {"ada": "ha1-3", "eve": "x"}), "eve", "alone")


def test_an_old_password_that_came_back_for_a_moment_is_named() -> None:
    back = [*HISTORY, ("ada", "ha1-1"), ("ada", "ha1-3")]
    assert fails(proofs.element_took_each_once(back, VERSIONS, APPLIED), "[1, 3, 1, 3]")


def test_a_password_called_done_which_never_arrived_is_named() -> None:
    assert fails(proofs.element_took_each_once(HISTORY[1:], VERSIONS, APPLIED), "version 1", "never reached")
    assert fails(proofs.element_took_each_once([*HISTORY, ("ada", "odd")], VERSIONS, APPLIED), "no version")


def test_a_trail_which_tells_another_story_is_named() -> None:
    assert fails(proofs.in_the_trail(VERSIONS, {("ada", 1): 1, ("ada", 3): 1}), "ada 2", "0 times")
    assert fails(proofs.in_the_trail(VERSIONS[:1], {("ada", 1): 1, ("ada", 2): 1}), "ada 2", "no version")


def test_a_line_left_out_or_rotated_twice_is_named() -> None:
    assert fails(proofs.rotated_once({"ada": "failed"}, VERSIONS[:2]), "failed")
    assert fails(proofs.rotated_once({"ada": "done"}, VERSIONS), "3 passwords")
