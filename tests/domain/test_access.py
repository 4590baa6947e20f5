"""Roles × actions, whose service is whose, and which actions want a recent proof."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linekey.domain.access import (
    MAY,
    STEP_UP_ACTIONS,
    STEP_UP_LASTS,
    Action,
    Actor,
    Door,
    Role,
    recently_confirmed,
    require,
    role_may,
    sees,
)
from linekey.domain.errors import NotAllowed, StepUpNeeded
from linekey.domain.kinds import Verb

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
BRUNO = Actor(person_id=7, customer_id="bc23456-lk", role=Role.PRIMARY_ADMIN, path="1.4.", confirmed_at=NOW)

# One letter per action, in this order: see, change, reset, send, retire, deliver, operate.
TABLE = {
    Role.SUBSCRIBER: "scrd...",
    Role.COMPANY_ADMIN: "scrd...",
    Role.PRIMARY_ADMIN: "scrdt..",
    Role.RESELLER: "s.rdto.",
    Role.SUPPORT_AGENT: "s.rdt.m",
    Role.OPERATOR_ADMIN: "s.rdtom",
}


@pytest.mark.parametrize(("role", "action"), list(product(Role, Action)))
def test_a_role_may_do_what_its_row_says_and_nothing_else(role: Role, action: Action) -> None:
    allowed = TABLE[role][list(Action).index(action)] != "."
    assert (role in MAY[action]) is allowed
    somebody = replace(BRUNO, role=role)
    if allowed:
        require(somebody, action, owner_id=None, now=NOW)
    else:
        with pytest.raises(NotAllowed):
            require(somebody, action, owner_id=None, now=NOW)


@pytest.mark.parametrize(("role", "verb"), list(product(Role, Verb)))
def test_a_page_draws_a_button_only_for_what_the_role_includes(role: Role, verb: Verb) -> None:
    assert role_may(replace(BRUNO, role=role), verb) is (role in MAY[Action(verb.value)])


def test_staff_and_resellers_never_choose_a_persons_secret() -> None:
    for role in (Role.RESELLER, Role.SUPPORT_AGENT, Role.OPERATOR_ADMIN):
        assert role not in MAY[Action.CHANGE]
    assert replace(BRUNO, role=Role.SUPPORT_AGENT).is_staff and not BRUNO.is_staff


@given(
    path=st.sampled_from(["1.", "1.4.", "1.4.9.", "1.40.", "1.41.4.", "14.", "11.4."]),
    owner=st.integers(1, 9),
)
def test_a_subscriber_sees_their_own_services_and_no_others(path: str, owner: int) -> None:
    ada = replace(BRUNO, role=Role.SUBSCRIBER, path=path)
    assert sees(ada, path=path, owner_id=owner) is (owner == ada.person_id)
    assert not sees(ada, path=path, owner_id=None)


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("1.4.", True),
        ("1.4.9.", True),
        ("1.4.40.", True),
        ("1.40.", False),
        ("1.40.4.", False),
        ("1.", False),
        ("1.5.", False),
        ("11.4.", False),
        ("", False),
    ],
)
def test_an_organisation_whose_number_begins_alike_is_a_stranger(path: str, seen: bool) -> None:
    """Law 11: `1.4.` is no prefix of `1.40.`, because every part ends with a dot."""
    assert sees(BRUNO, path=path, owner_id=None) is seen


@given(
    st.lists(st.integers(1, 99), min_size=1, max_size=4), st.lists(st.integers(1, 99), min_size=1, max_size=4)
)
def test_a_branch_is_seen_from_its_ancestors_alone(mine: list[int], theirs: list[int]) -> None:
    def path(parts: list[int]) -> str:
        return "".join(f"{part}." for part in parts)

    somebody = replace(BRUNO, path=path(mine))
    assert sees(somebody, path=path(theirs), owner_id=None) is (theirs[: len(mine)] == mine)


@pytest.mark.parametrize("action", sorted(STEP_UP_ACTIONS))
def test_a_guarded_action_wants_a_recent_proof(action: Action) -> None:
    olivia = replace(BRUNO, role=Role.OPERATOR_ADMIN, confirmed_at=None)
    with pytest.raises(StepUpNeeded):
        require(olivia, action, owner_id=None, now=NOW)


def test_acting_on_another_persons_service_wants_a_recent_proof() -> None:
    stale = replace(BRUNO, confirmed_at=None)
    for action in (Action.CHANGE, Action.SEND):
        require(stale, action, owner_id=stale.person_id, now=NOW)
        require(stale, action, owner_id=None, now=NOW)
        with pytest.raises(StepUpNeeded):
            require(stale, action, owner_id=99, now=NOW)


def test_looking_and_operating_never_ask_for_a_proof() -> None:
    dina = replace(BRUNO, role=Role.SUPPORT_AGENT, confirmed_at=None)
    require(dina, Action.SEE, owner_id=99, now=NOW)
    require(dina, Action.OPERATE, owner_id=99, now=NOW)


@pytest.mark.parametrize("door", [door for door in Door if door is not Door.PORTAL])
def test_keys_and_links_are_a_proof_in_themselves(door: Door) -> None:
    require(replace(BRUNO, confirmed_at=None, door=door), Action.RESET, owner_id=99, now=NOW)


def test_no_door_widens_a_role() -> None:
    for door in Door:
        with pytest.raises(NotAllowed):
            require(replace(BRUNO, door=door), Action.OPERATE, owner_id=None, now=NOW)


def test_a_proof_lasts_a_quarter_of_an_hour_to_the_instant() -> None:
    tick = timedelta(microseconds=1)
    assert recently_confirmed(BRUNO, NOW + STEP_UP_LASTS - tick)
    assert not recently_confirmed(BRUNO, NOW + STEP_UP_LASTS)
    assert not recently_confirmed(replace(BRUNO, confirmed_at=None), NOW)
