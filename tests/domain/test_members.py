"""What each role may do for a member, and what a temporary password is worth."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from linekey.domain.access import Action, Actor, Door, Role
from linekey.domain.members import (
    DisabledFor,
    has_expired,
    may_act_on,
    reads_address,
    reason_of,
    reasons_for,
    resets_for,
)
from linekey.domain.policy import MemberReset
from linekey.records.models import Person

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
BRUNO = Actor(1, "bc23456-lk", Role.PRIMARY_ADMIN, "1.2.3.")


def as_role(role: Role) -> Actor:
    return replace(BRUNO, role=role)


def test_the_reasons_are_those_which_are_kept() -> None:
    assert [reason.value for reason in DisabledFor] == list(Person.DisabledFor.values)
    assert reason_of("") is DisabledFor.ADMINISTRATOR and reason_of("payment") is DisabledFor.PAYMENT


@pytest.mark.parametrize("role", Role)
def test_only_providers_shut_and_open_for_what_is_owed_to_them(role: Role) -> None:
    owed = role in (Role.RESELLER, Role.SUPPORT_AGENT, Role.OPERATOR_ADMIN)
    assert (DisabledFor.PAYMENT in reasons_for(as_role(role))) is owed
    assert DisabledFor.ADMINISTRATOR in reasons_for(as_role(role))


def test_a_support_agent_never_sees_or_sets_a_password() -> None:
    for policy in MemberReset:
        assert resets_for(as_role(Role.SUPPORT_AGENT), policy) == (MemberReset.LINK,)


def test_no_program_types_a_password() -> None:
    program = replace(BRUNO, door=Door.API)
    assert resets_for(program, MemberReset.TYPED) == (MemberReset.LINK,)
    assert resets_for(program, MemberReset.MAIL) == (MemberReset.LINK, MemberReset.MAIL)
    assert resets_for(BRUNO, MemberReset.TYPED) == (MemberReset.LINK, MemberReset.TYPED)
    assert resets_for(BRUNO, MemberReset.LINK) == (MemberReset.LINK,)


def test_a_page_draws_what_the_desk_would_let_through() -> None:
    assert may_act_on(BRUNO, Action.UNLOCK, person_id=2, role=Role.SUBSCRIBER)
    assert not may_act_on(BRUNO, Action.UNLOCK, person_id=1, role=Role.SUBSCRIBER)
    assert not may_act_on(BRUNO, Action.UNLOCK, person_id=2, role=Role.PRIMARY_ADMIN)
    assert not may_act_on(as_role(Role.SUBSCRIBER), Action.UNLOCK, person_id=2, role=Role.SUBSCRIBER)


def test_a_whole_address_is_for_whoever_looks_after_somebody_and_for_themselves() -> None:
    assert reads_address(BRUNO, person_id=1, role=Role.PRIMARY_ADMIN)
    assert reads_address(BRUNO, person_id=2, role=Role.SUBSCRIBER)
    assert not reads_address(BRUNO, person_id=2, role=Role.PRIMARY_ADMIN)
    assert not reads_address(as_role(Role.SUPPORT_AGENT), person_id=2, role=Role.SUBSCRIBER)


def test_a_temporary_password_is_over_at_its_moment() -> None:
    assert not has_expired(None, NOW)
    assert has_expired(NOW, NOW) and not has_expired(NOW + timedelta(seconds=1), NOW)
