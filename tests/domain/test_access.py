"""Roles × actions, whose service is whose, and which actions want a recent proof."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linekey.domain.access import (
    CLOCKS_DIFFER,
    MAY,
    SCOPE_OF,
    STEP_UP_ACTIONS,
    STEP_UP_LASTS,
    Action,
    Actor,
    Door,
    Role,
    Scope,
    recently_confirmed,
    require,
    require_over,
    require_owner,
    role_may,
    scopes_for,
    sees,
    sees_person,
)
from linekey.domain.errors import NotAllowed, NotOnYourself, ScopeNotGranted, StepUpNeeded
from linekey.domain.kinds import Verb

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
BRUNO = Actor(person_id=7, customer_id="bc23456-lk", role=Role.PRIMARY_ADMIN, path="1.4.", confirmed_at=NOW)

# One letter per role: subscriber, company administrator, primary, reseller, agent of support, operator.
TABLE = {
    Action.SEE: "scprao",
    Action.CHANGE: "scp...",
    Action.RESET: "scprao",
    Action.SEND: "scprao",
    Action.RETIRE: "..prao",
    Action.GIVE_PHONE: ".cprao",
    Action.DELIVER: "...r.o",
    Action.SEE_ELEMENTS: "....ao",
    Action.OPERATE: "....ao",
    Action.INVITE: ".cpr.o",
    Action.EDIT: ".cprao",
    Action.SEE_MEMBERS: ".cprao",
    Action.UNLOCK: ".cprao",
    Action.RESET_MEMBER: ".cprao",
    Action.DISABLE: ".cpr.o",
    Action.GIVE_ROLE: ".cpr.o",
    Action.CLEAR_FACTORS: ".cpr.o",
    Action.WORK_CASES: "....ao",
    Action.DECIDE_CASE: "....ao",
    Action.SEE_AUDIT: ".cprao",
    Action.SEE_POLICY: ".cprao",
    Action.SET_POLICY: "..pr.o",
    Action.OPEN_ORGANISATION: "...r.o",
    Action.EDIT_ORGANISATION: ".cpr.o",
    Action.SEE_CAMPAIGNS: "...rao",
    Action.RUN_CAMPAIGN: "...r.o",
    Action.SEE_WEBHOOKS: ".cpr.o",
    Action.SET_WEBHOOKS: ".cpr.o",
}
OVER = {
    Role.SUBSCRIBER: "......",
    Role.COMPANY_ADMIN: "sc....",
    Role.PRIMARY_ADMIN: "sc....",
    Role.RESELLER: "scpr..",
    Role.SUPPORT_AGENT: "scpr..",
    Role.OPERATOR_ADMIN: "scprao",
}
"""Whose account each role acts on, in the same letters."""


@pytest.mark.parametrize(("role", "action"), list(product(Role, Action)))
def test_a_role_may_do_what_its_row_says_and_nothing_else(role: Role, action: Action) -> None:
    allowed = TABLE[action][list(Role).index(role)] != "."
    assert (role in MAY[action]) is allowed
    somebody = replace(BRUNO, role=role)
    if allowed:
        require(somebody, action, owner_id=None, now=NOW)
    else:
        with pytest.raises(NotAllowed):
            require(somebody, action, owner_id=None, now=NOW)


@pytest.mark.parametrize(("role", "whose"), list(product(Role, Role)))
def test_nobody_acts_on_the_account_of_somebody_above_them(role: Role, whose: Role) -> None:
    """TEAM-6 and the rest: also the administrator's own account is acted on from its own pages only."""
    somebody = replace(BRUNO, role=role)
    if OVER[role][list(Role).index(whose)] != ".":
        require_over(somebody, Action.UNLOCK, person_id=8, role=whose, now=NOW)
        with pytest.raises(NotOnYourself):
            require_over(somebody, Action.UNLOCK, person_id=7, role=whose, now=NOW)
    else:
        with pytest.raises(NotAllowed):
            require_over(somebody, Action.UNLOCK, person_id=8, role=whose, now=NOW)


def test_everybody_knows_of_themselves_and_a_desk_of_its_branch() -> None:
    assert sees_person(replace(BRUNO, role=Role.SUBSCRIBER), path="9.", person_id=7)
    assert not sees_person(replace(BRUNO, role=Role.SUBSCRIBER), path="1.4.", person_id=8)
    assert sees_person(BRUNO, path="1.4.9.", person_id=8)
    assert not sees_person(BRUNO, path="1.", person_id=8)


def test_a_key_is_offered_no_scope_its_owner_could_not_use() -> None:
    assert scopes_for(Role.SUBSCRIBER) == {Scope.READ, Scope.CREDENTIALS}
    assert scopes_for(Role.PRIMARY_ADMIN) == set(Scope) - {Scope.CASES}
    assert scopes_for(Role.OPERATOR_ADMIN) == set(Scope)


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


def test_a_clock_that_jumped_back_makes_no_proof_last() -> None:
    assert recently_confirmed(BRUNO, NOW - CLOCKS_DIFFER)
    assert not recently_confirmed(BRUNO, NOW - timedelta(hours=1))


@pytest.mark.parametrize(
    "scopes", [frozenset(), frozenset({Scope.READ}), frozenset({Scope.CREDENTIALS}), frozenset(Scope)]
)
@pytest.mark.parametrize("action", sorted(Action))
def test_an_access_key_does_what_its_scopes_say_and_never_more_than_its_person_may(
    action: Action, scopes: frozenset[Scope]
) -> None:
    """TEAM-5."""
    for role in Role:
        program = replace(BRUNO, role=role, door=Door.API, confirmed_at=None, scopes=scopes)
        if role in MAY[action] and SCOPE_OF.get(action) in scopes:
            require(program, action, owner_id=99, now=NOW)
        else:
            with pytest.raises((NotAllowed, ScopeNotGranted)):
                require(program, action, owner_id=99, now=NOW)


def test_a_refused_program_is_told_which_scope_its_key_lacks() -> None:
    program = replace(BRUNO, door=Door.API, scopes=frozenset({Scope.READ}))
    with pytest.raises(ScopeNotGranted) as refusal:
        require(program, Action.RESET, owner_id=None, now=NOW)
    assert refusal.value.values == {"scope": "credentials"}


def test_no_access_key_delivers_or_operates() -> None:
    assert set(Action) - SCOPE_OF.keys() == {Action.DELIVER, Action.OPERATE}


def test_ones_own_account_is_changed_in_the_portal_after_a_recent_proof_and_nowhere_else() -> None:
    require_owner(BRUNO, NOW)
    for door in Door:
        for scopes in (None, frozenset(Scope)):
            if door is not Door.PORTAL:
                with pytest.raises(NotAllowed):
                    require_owner(replace(BRUNO, door=door, scopes=scopes), NOW)
    for stale in (None, NOW - STEP_UP_LASTS):
        with pytest.raises(StepUpNeeded):
            require_owner(replace(BRUNO, confirmed_at=stale), NOW)
