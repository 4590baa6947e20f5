"""Unlock, shut, open, promote and help the members of an organisation: who may, and what really happens."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from linekey.domain import tally_keys
from linekey.domain.access import LOOKS_AFTER, MAY, Action, Actor, Door, Role, Scope
from linekey.domain.errors import (
    HasPrimaryAdministrator,
    NotAllowed,
    NotFound,
    NotOnYourself,
    OnlyByCase,
    Refusal,
    ScopeNotGranted,
    StepUpNeeded,
    WrongCredentials,
)
from linekey.domain.flows import FlowKind, FlowState
from linekey.domain.members import DisabledFor
from linekey.domain.policy import MemberReset
from linekey.domain.recovery import Purpose
from linekey.domain.secret import Secret
from linekey.records import flows, tickets
from linekey.records.models import (
    AccessToken,
    AuditEntry,
    Device,
    Factor,
    Flow,
    OpenSession,
    OutboxEffect,
    Person,
    RecoveryCode,
    Tally,
    Ticket,
)
from linekey.usecases import (
    clear_factors,
    manage_access_key,
    manage_member,
    reset_member,
    sign_in,
    unlock_member,
    use_access_key,
)
from tests import build
from tests.build import PORTAL_PASSWORD, Cast, actor, visitor
from tests.hands import Hands, work
from tests.laws.conftest import InThreads

Deed = Callable[[Actor, str, datetime], None]
DEEDS: dict[Action, Deed] = {
    Action.UNLOCK: lambda who, whom, now: unlock_member.unlock(actor=who, customer_id=whom, now=now),
    Action.RESET_MEMBER: lambda who, whom, now: reset_member.send(
        actor=who, customer_id=whom, way=MemberReset.LINK, operation="an operation", now=now
    ),
    Action.DISABLE: lambda who, whom, now: manage_member.disable(
        actor=who, customer_id=whom, reason=DisabledFor.ADMINISTRATOR, now=now
    ),
    Action.GIVE_ROLE: lambda who, whom, now: manage_member.change_role(
        actor=who, customer_id=whom, role=Role.SUBSCRIBER, now=now
    ),
    Action.CLEAR_FACTORS: lambda who, whom, now: clear_factors.clear(actor=who, customer_id=whom, now=now),
}
NETWORK = "203.0.113.9"


@pytest.fixture
def everybody(cast: Cast, now: datetime) -> dict[Role, Person]:
    """One of each role for each who acts; the company ones are all of Ada's company."""
    carla = build.person("ca33333-lk", "Carla", "Cotte", Role.COMPANY_ADMIN, cast.lumen, cast.reseller, now)
    return {
        Role.SUBSCRIBER: cast.ada,
        Role.COMPANY_ADMIN: carla,
        Role.PRIMARY_ADMIN: cast.bruno,
        Role.RESELLER: cast.chen,
        Role.SUPPORT_AGENT: cast.dina,
        Role.OPERATOR_ADMIN: cast.olivia,
    }


@pytest.fixture
def twins(cast: Cast, now: datetime) -> dict[Role, Person]:
    """Another of each role in the same place, so that nobody acts on themselves."""
    places = {
        Role.SUBSCRIBER: (cast.lumen, cast.reseller),
        Role.COMPANY_ADMIN: (cast.lumen, cast.reseller),
        Role.PRIMARY_ADMIN: (cast.lumen, cast.reseller),
        Role.RESELLER: (cast.reseller, cast.reseller),
        Role.SUPPORT_AGENT: (cast.operator, cast.operator),
        Role.OPERATOR_ADMIN: (cast.operator, cast.operator),
    }
    return {
        role: build.person(f"tw{number}0000-lk", f"Twin{number}", "Twin", role, *place, now)
        for number, (role, place) in enumerate(places.items())
    }


def lock(person: Person, now: datetime, *, key: str = "") -> None:
    until = now + timedelta(hours=1)
    Tally.objects.create(key=key or tally_keys.person(person.pk), count=10, since=now, until=until)


def enter(person: Person, now: datetime, password: Secret = PORTAL_PASSWORD) -> object:
    somewhere = visitor("a browser nobody knows", NETWORK)
    return sign_in.enter(identifier=person.customer_id, password=password, visitor=somewhere, now=now)


@pytest.mark.parametrize("action", DEEDS)
@pytest.mark.parametrize("who", Role)
@pytest.mark.parametrize("whom", Role)
def test_each_role_acts_on_those_it_looks_after_and_on_nobody_else(
    everybody: dict[Role, Person],
    twins: dict[Role, Person],
    now: datetime,
    action: Action,
    who: Role,
    whom: Role,
) -> None:
    acting, target = everybody[who], twins[whom]
    seen = target.organisation.path.startswith(acting.organisation.path) and who is not Role.SUBSCRIBER
    expected: type[Refusal] | None = None
    if not seen:
        expected = NotFound
    elif action is Action.CLEAR_FACTORS and whom is Role.PRIMARY_ADMIN:
        expected = OnlyByCase
    elif who not in MAY[action] or whom not in LOOKS_AFTER[who]:
        expected = NotAllowed
    if expected is None:
        DEEDS[action](actor(acting, now), target.customer_id, now)
        return
    with pytest.raises(expected):
        DEEDS[action](actor(acting, now), target.customer_id, now)
    assert not AuditEntry.objects.exists() and not OutboxEffect.objects.exists()


@pytest.mark.parametrize("action", DEEDS)
def test_nobody_acts_on_themselves_from_here(cast: Cast, now: datetime, action: Action) -> None:
    for person in (cast.bruno, cast.chen, cast.olivia):
        with pytest.raises(NotOnYourself):
            DEEDS[action](actor(person, now), person.customer_id, now)


@pytest.mark.parametrize("action", DEEDS)
@pytest.mark.parametrize(
    "whom", ["ev67890-lk", "zz99999-lk", "", "ab12345-lk\0", "é" * 9, "a" * 999, "\ud800"]
)
def test_a_stranger_and_nobody_are_one_answer(cast: Cast, now: datetime, action: Action, whom: str) -> None:
    with pytest.raises(NotFound):
        DEEDS[action](actor(cast.bruno, now), whom, now)


@pytest.mark.parametrize("action", DEEDS)
def test_a_recent_proof_or_the_right_scope_is_wanted(cast: Cast, now: datetime, action: Action) -> None:
    with pytest.raises(StepUpNeeded):
        DEEDS[action](actor(cast.bruno), "ab12345-lk", now)
    reader = replace(actor(cast.bruno, door=Door.API), scopes=frozenset({Scope.READ}))
    with pytest.raises(ScopeNotGranted):
        DEEDS[action](reader, "ab12345-lk", now)
    helper = replace(reader, scopes=frozenset({Scope.MEMBERS}))
    DEEDS[action](helper, " AB12345-LK ", now)


class TestUnlocking:
    def test_lets_the_owner_in_at_once(self, cast: Cast, now: datetime, hands: Hands) -> None:
        for number in range(10):
            with pytest.raises(WrongCredentials):
                enter(cast.ada, now, Secret(f"wrong {number}"))
        with pytest.raises(Refusal):
            enter(cast.ada, now)
        unlock_member.unlock(actor=actor(cast.bruno, now), customer_id="ab12345-lk", now=now)
        assert isinstance(enter(cast.ada, now), sign_in.SignedIn)
        entry = AuditEntry.objects.get(action="member.unlocked")
        assert (entry.actor_id, entry.person) == (cast.bruno.pk, cast.ada)
        work(hands, now)
        told = OutboxEffect.objects.filter(message="member_unlocked")
        assert told.count() == 1 and {mail.address for mail in hands.mail.mails} == {cast.ada.email}

    def test_opens_her_own_known_browser_and_the_second_factor_too(self, cast: Cast, now: datetime) -> None:
        build.open_session(cast.ada, now)
        device = Device.objects.get()
        lock(cast.ada, now, key=tally_keys.person(cast.ada.pk, device.pk))
        lock(cast.ada, now, key=tally_keys.factor("sign_in", cast.ada.pk))
        unlock_member.unlock(actor=actor(cast.bruno, now), customer_id="ab12345-lk", now=now)
        assert not Tally.objects.filter(until__gt=now).exists()

    def test_leaves_strangers_counts_and_colleagues_locks(self, cast: Cast, now: datetime) -> None:
        lock(cast.ada, now)
        lock(cast.chen, now)
        for key in (tally_keys.network("203.0.113.0/24"), tally_keys.EVERYBODY):
            lock(cast.ada, now, key=key)
        unlock_member.unlock(actor=actor(cast.bruno, now), customer_id="ab12345-lk", now=now)
        assert Tally.objects.filter(until__gt=now).count() == 3

    def test_what_is_open_stays_so_and_nobody_is_told(self, cast: Cast, now: datetime) -> None:
        unlock_member.unlock(actor=actor(cast.bruno, now), customer_id="ab12345-lk", now=now)
        assert not AuditEntry.objects.exists() and not OutboxEffect.objects.exists()


class TestDisabling:
    def test_ends_everything_that_was_open(self, cast: Cast, now: datetime, hands: Hands) -> None:
        build.open_session(cast.ada, now)
        tickets.issue("d" * 64, Purpose.RECOVER, person=cast.ada, now=now)
        manage_member.disable(
            actor=actor(cast.bruno, now),
            customer_id="ab12345-lk",
            reason=DisabledFor.ADMINISTRATOR,
            now=now,
        )
        cast.ada.refresh_from_db()
        assert (cast.ada.is_active, cast.ada.disabled_for) == (False, "administrator")
        assert not OpenSession.objects.filter(ended_at=None).exists()
        assert not Ticket.objects.filter(used_at=None).exists()
        with pytest.raises(WrongCredentials):
            enter(cast.ada, now)
        entry = AuditEntry.objects.get(action="member.disabled")
        assert entry.facts == {"why": "administrator"}
        work(hands, now)
        (mail,) = hands.mail.mails
        assert mail.address == cast.ada.email and "Atelier Lumen" in mail.written.text

    @pytest.mark.parametrize(
        ("who", "reasons"),
        [("bruno", {DisabledFor.ADMINISTRATOR}), ("chen", set(DisabledFor)), ("olivia", set(DisabledFor))],
    )
    def test_what_is_owed_to_the_provider_is_not_for_a_colleague(
        self, cast: Cast, now: datetime, who: str, reasons: set[DisabledFor]
    ) -> None:
        acting, given = actor(getattr(cast, who), now), set()
        for reason in DisabledFor:
            Person.objects.filter(pk=cast.ada.pk).update(is_active=True, disabled_for="")
            try:
                manage_member.disable(actor=acting, customer_id="ab12345-lk", reason=reason, now=now)
            except NotAllowed:
                Person.objects.filter(pk=cast.ada.pk).update(is_active=False, disabled_for=reason)
                with pytest.raises(NotAllowed):
                    manage_member.enable(actor=acting, customer_id="ab12345-lk", now=now)
                continue
            manage_member.enable(actor=acting, customer_id="ab12345-lk", now=now)
            assert isinstance(enter(cast.ada, now), sign_in.SignedIn)
            given.add(reason)
        assert given == reasons

    def test_the_first_reason_stands_and_nobody_is_told_twice(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        chen = actor(cast.chen, now)
        for reason in (DisabledFor.PAYMENT, DisabledFor.VALIDATION):
            manage_member.disable(actor=chen, customer_id="ab12345-lk", reason=reason, now=now)
        cast.ada.refresh_from_db()
        assert cast.ada.disabled_for == "payment"
        for _ in range(2):
            manage_member.enable(actor=chen, customer_id="ab12345-lk", now=now)
        work(hands, now)
        assert len(hands.mail.mails) == 2

    def test_an_old_row_without_a_reason_is_a_colleagues_to_open(self, cast: Cast, now: datetime) -> None:
        Person.objects.filter(pk=cast.ada.pk).update(is_active=False, disabled_for="")
        manage_member.enable(actor=actor(cast.bruno, now), customer_id="ab12345-lk", now=now)
        assert isinstance(enter(cast.ada, now), sign_in.SignedIn)

    def test_colleagues_can_never_unmake_the_primary_administrator(self, cast: Cast, now: datetime) -> None:
        carla = build.person("ca33333-lk", "Carla", "C", Role.COMPANY_ADMIN, cast.lumen, cast.reseller, now)
        for deed in (DEEDS[Action.DISABLE], DEEDS[Action.GIVE_ROLE]):
            with pytest.raises(NotAllowed):
                deed(actor(carla, now), "bc23456-lk", now)
        DEEDS[Action.GIVE_ROLE](actor(cast.chen, now), "bc23456-lk", now)


class TestRoles:
    def give(self, who: Person, whom: Person, role: Role, now: datetime) -> None:
        manage_member.change_role(actor=actor(who, now), customer_id=whom.customer_id, role=role, now=now)

    def test_every_link_and_session_dies_with_the_old_role(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        """Law 8."""
        build.open_session(cast.ada, now)
        tickets.issue("d" * 64, Purpose.RECOVER, person=cast.ada, now=now)
        flow = flows.begin(FlowKind.RECOVERY, FlowState.LINK, person=cast.ada, browser="", now=now)
        self.give(cast.bruno, cast.ada, Role.COMPANY_ADMIN, now)
        cast.ada.refresh_from_db()
        assert cast.ada.role == "company_admin"
        assert not Ticket.objects.filter(used_at=None).exists()
        assert Flow.objects.get(pk=flow.pk).state == "ended"
        assert not OpenSession.objects.filter(ended_at=None).exists()
        entry = AuditEntry.objects.get(action="member.role_changed")
        assert entry.facts == {"role": "company_admin", "former": "subscriber"}
        work(hands, now)
        (mail,) = hands.mail.mails
        assert mail.address == cast.ada.email

    def test_the_same_role_again_changes_nothing(self, cast: Cast, now: datetime) -> None:
        self.give(cast.bruno, cast.ada, Role.SUBSCRIBER, now)
        assert not AuditEntry.objects.exists() and not OutboxEffect.objects.exists()

    @pytest.mark.parametrize(
        ("who", "whom", "roles"),
        [
            ("bruno", "ada", {Role.SUBSCRIBER, Role.COMPANY_ADMIN}),
            ("chen", "ada", {Role.SUBSCRIBER, Role.COMPANY_ADMIN, Role.PRIMARY_ADMIN}),
            ("olivia", "ada", {Role.SUBSCRIBER, Role.COMPANY_ADMIN, Role.PRIMARY_ADMIN}),
            ("olivia", "chen", {Role.SUBSCRIBER, Role.RESELLER}),
            ("olivia", "dina", {Role.SUBSCRIBER, Role.SUPPORT_AGENT, Role.OPERATOR_ADMIN}),
        ],
    )
    def test_nobody_gives_a_role_the_place_or_they_do_not_have(
        self, cast: Cast, now: datetime, who: str, whom: str, roles: set[Role]
    ) -> None:
        Person.objects.filter(pk=cast.bruno.pk).update(role=Role.PRIMARY_ADMIN)
        target, given = getattr(cast, whom), set()
        for role in Role:
            Person.objects.filter(pk=target.pk).update(role=target.role)
            try:
                self.give(getattr(cast, who), target, role, now)
            except NotAllowed:
                continue
            except HasPrimaryAdministrator:
                assert role is Role.PRIMARY_ADMIN
            given.add(role)
        assert given == roles

    def test_a_company_has_one_primary_administrator_who_can_be_replaced(
        self, cast: Cast, now: datetime
    ) -> None:
        with pytest.raises(HasPrimaryAdministrator):
            self.give(cast.chen, cast.ada, Role.PRIMARY_ADMIN, now)
        self.give(cast.chen, cast.bruno, Role.COMPANY_ADMIN, now)
        self.give(cast.chen, cast.ada, Role.PRIMARY_ADMIN, now)
        cast.ada.refresh_from_db()
        assert cast.ada.role == "primary_admin"

    def test_whoever_waits_to_activate_gets_a_new_link(self, cast: Cast, now: datetime, hands: Hands) -> None:
        Person.objects.filter(pk=cast.ada.pk).update(activated_at=None)
        self.give(cast.bruno, cast.ada, Role.COMPANY_ADMIN, now)
        work(hands, now)
        assert any("/activation/" in mail.written.text for mail in hands.mail.mails)


class TestFactors:
    def secure(self, person: Person, now: datetime) -> None:
        for kind in ("totp", "key"):
            Factor.objects.create(
                uid=f"{person.pk}{kind}".ljust(32, "0"), person=person, kind=kind, name=kind, created_at=now
            )
        RecoveryCode.objects.create(
            person=person, sheet="s", label="AAAA", encoded="x", made_at=now, proven_at=now
        )

    def test_all_go_and_every_address_is_told(self, cast: Cast, now: datetime, hands: Hands) -> None:
        Person.objects.filter(pk=cast.ada.pk).update(
            backup_email="ada@elsewhere.example", backup_verified_at=now
        )
        self.secure(cast.ada, now)
        build.open_session(cast.ada, now)
        DEEDS[Action.CLEAR_FACTORS](actor(cast.bruno, now), "ab12345-lk", now)
        assert not Factor.objects.exists() and not RecoveryCode.objects.exists()
        assert not Device.objects.filter(ended_at=None).exists()
        assert not OpenSession.objects.filter(ended_at=None).exists()
        assert isinstance(enter(cast.ada, now), sign_in.SignedIn)
        work(hands, now)
        addresses = {mail.address for mail in hands.mail.mails}
        assert addresses == {cast.ada.email, "ada@elsewhere.example"}

    def test_without_any_nothing_happens(self, cast: Cast, now: datetime) -> None:
        DEEDS[Action.CLEAR_FACTORS](actor(cast.bruno, now), "ab12345-lk", now)
        assert not AuditEntry.objects.exists() and not OutboxEffect.objects.exists()

    @pytest.mark.parametrize("who", ["chen", "dina", "olivia"])
    def test_a_primary_administrators_only_go_by_a_case(self, cast: Cast, now: datetime, who: str) -> None:
        self.secure(cast.bruno, now)
        with pytest.raises(OnlyByCase):
            DEEDS[Action.CLEAR_FACTORS](actor(getattr(cast, who), now), "bc23456-lk", now)
        assert Factor.objects.count() == 2


@pytest.mark.parametrize("action", [Action.UNLOCK, Action.DISABLE, Action.GIVE_ROLE, Action.CLEAR_FACTORS])
def test_of_many_administrators_at_once_one_acts_and_the_owner_is_told_once(
    committed: Cast, in_threads: InThreads[None], action: Action
) -> None:
    now = timezone.now()
    lock(committed.ada, now)
    Person.objects.filter(pk=committed.ada.pk).update(role=Role.COMPANY_ADMIN)
    TestFactors().secure(committed.ada, now)
    people = [committed.bruno, committed.chen, committed.olivia] * 2
    in_threads([lambda each=each: DEEDS[action](actor(each, now), "ab12345-lk", now) for each in people])
    assert AuditEntry.objects.filter(action__startswith="member.").count() == 1
    assert OutboxEffect.objects.filter(kind="notify").count() == 1


def test_tokens_end_and_keys_sleep_while_an_account_is_disabled(cast: Cast, now: datetime) -> None:
    key = manage_access_key.create(
        actor=actor(cast.ada, now),
        name="Sauvegarde",
        scopes=frozenset({Scope.READ}),
        networks=(),
        expires_at=None,
        now=now,
    )
    pair = use_access_key.exchange(key_id=key.key_id, secret=key.secret, address=NETWORK, now=now)
    DEEDS[Action.DISABLE](actor(cast.bruno, now), "ab12345-lk", now)
    for bearer in (pair.access, key.secret):
        with pytest.raises(Refusal):
            use_access_key.authenticate(bearer=bearer, address=NETWORK, now=now)
    assert not AccessToken.objects.filter(expires_at__gt=now).exists()
    manage_member.enable(actor=actor(cast.bruno, now), customer_id="ab12345-lk", now=now)
    with pytest.raises(Refusal):
        use_access_key.authenticate(bearer=pair.access, address=NETWORK, now=now)
    use_access_key.authenticate(bearer=key.secret, address=NETWORK, now=now)
