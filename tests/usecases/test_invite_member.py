"""An administrator opens an account for a colleague, and learns nothing of other companies (TEAM-10)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linekey.domain import identifiers
from linekey.domain.access import Actor, Door, Role, Scope
from linekey.domain.errors import (
    AddressRefused,
    HasPrimaryAdministrator,
    Malformed,
    NotAllowed,
    NotFound,
    Refusal,
    ScopeNotGranted,
    StepUpNeeded,
)
from linekey.domain.identifiers import Identifier, is_customer_id
from linekey.domain.policy import MemberReset
from linekey.records import find, pages
from linekey.records.models import AuditEntry, Organisation, OutboxEffect, Person
from linekey.records.pages import MemberPage, MemberSearch
from linekey.usecases import invite_member, reset_member
from tests import build
from tests.build import Cast, actor
from tests.hands import Hands, work

EMAIL = "nour@example.org"


def invite(
    who: Actor,
    now: datetime,
    *,
    email: str = EMAIL,
    role: Role = Role.SUBSCRIBER,
    phone: str = "",
    extension: str = "",
    last_name: str = "Dupré",
) -> str:
    return invite_member.invite(
        actor=who,
        first_name="Nour",
        last_name=last_name,
        email=email,
        role=role,
        now=now,
        phone=phone,
        extension=extension,
    )


@pytest.fixture
def neighbour(cast: Cast, now: datetime) -> Person:
    """Somebody of another company under the same reseller."""
    company = build.organisation(cast.reseller, "customer", "Voisin SARL")
    return build.person("vo11111-lk", "Vera", "Voisin", Role.SUBSCRIBER, company, cast.reseller, now)


def test_the_member_gets_a_welcome_mail_and_nobody_else_a_password(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    customer_id = invite(actor(cast.bruno, now), now, email=" Nour@Example.org", role=Role.COMPANY_ADMIN)
    nour = Person.objects.get(customer_id=customer_id)
    assert is_customer_id(customer_id, "lk") and (nour.email, nour.role) == (EMAIL, "company_admin")
    assert (nour.tenant, nour.organisation, nour.language) == (cast.reseller, cast.lumen, "fr")
    assert nour.activated_at is nour.email_verified_at is None and not nour.has_usable_password()
    work(hands, now)
    (mail,) = hands.mail.mails
    assert mail.address == EMAIL and "Atelier Lumen" in mail.written.text
    assert customer_id in mail.written.subject and "/activation/" in mail.written.text
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor_id, entry.person) == ("member.invited", cast.bruno.pk, nour)
    assert entry.facts == {"member": customer_id, "role": "company_admin"} and entry.path == cast.lumen.path


@pytest.mark.parametrize(
    ("who", "roles"),
    [
        ("bruno", {Role.SUBSCRIBER, Role.COMPANY_ADMIN}),
        ("chen", {Role.SUBSCRIBER, Role.RESELLER}),
        ("olivia", {Role.SUBSCRIBER, Role.SUPPORT_AGENT, Role.OPERATOR_ADMIN}),
        ("ada", set()),
        ("dina", set()),
    ],
)
def test_nobody_gives_a_role_wider_than_their_own(
    cast: Cast, now: datetime, who: str, roles: set[Role]
) -> None:
    given = set()
    for number, role in enumerate(Role):
        try:
            invite(actor(getattr(cast, who), now), now, email=f"nour{number}@example.org", role=role)
        except NotAllowed:
            continue
        given.add(role)
    assert given == roles and Person.objects.count() == 6 + len(roles)


def test_a_recent_proof_is_wanted_or_a_key_for_members(cast: Cast, now: datetime) -> None:
    program = replace(actor(cast.bruno), door=Door.API)
    with pytest.raises(StepUpNeeded):
        invite(actor(cast.bruno), now)
    with pytest.raises(ScopeNotGranted):
        invite(replace(program, scopes=frozenset(set(Scope) - {Scope.MEMBERS})), now)
    assert not OutboxEffect.objects.exists()
    invite(replace(program, scopes=frozenset({Scope.MEMBERS})), now)


class TestIntoAnOrganisationBelow:
    def invited(self, who: Actor, now: datetime, place: Organisation, role: Role, email: str = EMAIL) -> str:
        return invite_member.invite(
            actor=who,
            first_name="Nour",
            last_name="Dupré",
            email=email,
            role=role,
            organisation=str(place.pk),
            now=now,
        )

    def test_a_reseller_appoints_the_administrators_of_its_customer(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        company = build.organisation(cast.reseller, "customer", "Neuve SARL")
        customer_id = self.invited(actor(cast.chen, now), now, company, Role.PRIMARY_ADMIN)
        nour = Person.objects.get(customer_id=customer_id)
        assert (nour.tenant, nour.organisation, nour.role) == (cast.reseller, company, "primary_admin")
        assert AuditEntry.objects.get().path == company.path
        work(hands, now)
        assert "Chen Télécom" in hands.mail.mails[0].written.text

    def test_the_operator_appoints_where_an_address_is_unique_under_the_reseller(
        self, cast: Cast, now: datetime
    ) -> None:
        olivia = actor(cast.olivia, now)
        into_lumen = self.invited(olivia, now, cast.lumen, Role.COMPANY_ADMIN)
        into_verne = self.invited(olivia, now, cast.verne, Role.COMPANY_ADMIN)
        into_chens = self.invited(olivia, now, cast.reseller, Role.RESELLER, "wei@example.org")
        tenants = [
            Person.objects.get(customer_id=each).tenant for each in (into_lumen, into_verne, into_chens)
        ]
        assert tenants == [cast.reseller, cast.operator, cast.reseller]

    def test_there_is_one_primary_administrator(self, cast: Cast, now: datetime) -> None:
        with pytest.raises(HasPrimaryAdministrator):
            self.invited(actor(cast.chen, now), now, cast.lumen, Role.PRIMARY_ADMIN)
        Person.objects.filter(pk=cast.bruno.pk).update(is_active=False)
        self.invited(actor(cast.chen, now), now, cast.lumen, Role.PRIMARY_ADMIN)

    def test_two_primary_administrators_appointed_at_once_are_one(
        self, committed: Cast, now: datetime, in_threads: Callable[..., list[bool]]
    ) -> None:
        company = build.organisation(committed.reseller, "customer", "Neuve SARL")

        def appoint(number: int) -> bool:
            try:
                self.invited(
                    actor(committed.chen, now), now, company, Role.PRIMARY_ADMIN, f"nour{number}@example.org"
                )
            except HasPrimaryAdministrator:
                return False
            return True

        assert sorted(in_threads([lambda: appoint(1), lambda: appoint(2)])) == [False, True]

    @pytest.mark.parametrize(
        ("who", "place", "role"),
        [
            ("chen", "lumen", Role.RESELLER),
            ("olivia", "lumen", Role.SUPPORT_AGENT),
            ("olivia", "reseller", Role.PRIMARY_ADMIN),
            ("bruno", "lumen", Role.PRIMARY_ADMIN),
            ("dina", "lumen", Role.SUBSCRIBER),
        ],
    )
    def test_a_role_is_one_of_that_kind_of_organisation_and_the_actors_to_give(
        self, cast: Cast, now: datetime, who: str, place: str, role: Role
    ) -> None:
        with pytest.raises(NotAllowed):
            self.invited(actor(getattr(cast, who), now), now, getattr(cast, place), role)

    @pytest.mark.parametrize(
        ("who", "place"), [("chen", "verne"), ("chen", "operator"), ("bruno", "reseller"), ("ada", "lumen")]
    )
    def test_another_branch_is_answered_like_none(
        self, cast: Cast, now: datetime, who: str, place: str
    ) -> None:
        with pytest.raises(NotFound):
            self.invited(actor(getattr(cast, who), now), now, getattr(cast, place), Role.SUBSCRIBER)


class TestATakenAddress:
    def test_of_another_company_looks_like_somebody_who_never_answers(
        self, cast: Cast, now: datetime, hands: Hands, neighbour: Person
    ) -> None:
        """Law 11: what the inviter sees of an address that is taken, and of a free one, is the same."""
        bruno = actor(cast.bruno, now)
        taken = invite(bruno, now, email=neighbour.email)
        free = invite(bruno, now, email="personne@example.org")
        work(hands, now)

        def seen(customer_id: str) -> MemberPage:
            page = pages.member(bruno, customer_id, now=now)
            return replace(page, row=replace(page.row, customer_id="", email=""))

        assert seen(taken) == seen(free)
        assert pages.member(bruno, taken, now=now).row.email == neighbour.email
        by_address = MemberSearch(text=neighbour.email)
        (found,) = pages.members(bruno, by_address, now=now).rows
        assert found.customer_id == taken

    def test_of_another_company_is_no_way_in(
        self, cast: Cast, now: datetime, hands: Hands, neighbour: Person
    ) -> None:
        bruno = actor(cast.bruno, now)
        customer_id = invite(bruno, now, email=neighbour.email)
        work(hands, now)
        assert find.person_by_identifier(Identifier(email=neighbour.email)) == neighbour
        told = len(hands.mail.mails)
        reset_member.send(actor=bruno, customer_id=customer_id, way=MemberReset.LINK, operation="x", now=now)
        work(hands, now)
        assert len(hands.mail.mails) == told

    def test_of_another_company_invited_twice_is_one_member(
        self, cast: Cast, now: datetime, hands: Hands, neighbour: Person
    ) -> None:
        for _ in range(2):
            invite(actor(cast.bruno, now), now, email=neighbour.email)
        assert Person.objects.filter(invited_as=neighbour.email).count() == 1

    def test_of_another_company_is_told_to_its_owner_alone(
        self, cast: Cast, now: datetime, hands: Hands, neighbour: Person
    ) -> None:
        customer_id = invite(actor(cast.bruno, now), now, email=neighbour.email)
        assert is_customer_id(customer_id, "lk") and customer_id != neighbour.customer_id
        work(hands, now)
        (mail,) = hands.mail.mails
        assert mail.address == neighbour.email and "vo11111-lk" in mail.written.text
        assert "Lumen" not in mail.written.text and customer_id not in mail.written.text
        entry = AuditEntry.objects.get()
        assert entry.person != neighbour and entry.facts["member"] == customer_id

    def test_asks_for_the_same_work_but_for_one_look(
        self, cast: Cast, now: datetime, neighbour: Person
    ) -> None:
        """Law 7: both try to write the row; a second try of one row is all that differs."""

        def statements(email: str) -> list[str]:
            with CaptureQueriesContext(connection) as captured:
                invite(actor(cast.bruno, now), now, email=email)
            kinds = [query["sql"].split()[0] for query in captured.captured_queries]
            return [kind for kind in kinds if kind in ("INSERT", "UPDATE")]

        free, taken = statements(EMAIL), statements(neighbour.email)
        assert taken == ["INSERT", *free]

    def test_does_not_fill_the_mailbox_of_its_owner(
        self, cast: Cast, now: datetime, hands: Hands, neighbour: Person
    ) -> None:
        for _ in range(6):
            invite(actor(cast.bruno, now), now, email=neighbour.email)
        work(hands, now)
        assert len(hands.mail.mails) == 3

    @pytest.mark.parametrize("who", ["bruno", "chen"])
    def test_of_a_colleague_is_one_answer_too_so_that_two_invitations_tell_nothing(
        self, cast: Cast, now: datetime, hands: Hands, who: str
    ) -> None:
        for _ in range(2):
            invite(actor(getattr(cast, who), now), now, email=cast.ada.email)
        work(hands, now)
        assert {mail.address for mail in hands.mail.mails} == {cast.ada.email}
        assert not Person.objects.filter(activated_at=None).exists()

    def test_of_another_resellers_customer_is_free(self, cast: Cast, now: datetime, hands: Hands) -> None:
        invite(actor(cast.bruno, now), now, email=cast.eve.email)
        work(hands, now)
        assert "/activation/" in hands.mail.mails[0].written.text


class TestANumber:
    def test_of_a_line_of_theirs_signs_the_member_in_with_an_extension(
        self, cast: Cast, now: datetime
    ) -> None:
        """TEAM-7: the main number of the company, and the extension of the member."""
        made = Person.objects.get(
            customer_id=invite(actor(cast.bruno, now), now, phone="01 84 78 01 17", extension="12")
        )
        assert (made.phone, made.extension) == ("+33184780117", "12") and made.phone_verified_at == now
        assert find.person_by_identifier(identifiers.read("0184780117", "12")) == made

    @pytest.mark.parametrize("number", ["+33972202020", "+33698765432"])
    def test_of_another_company_or_a_mobile_must_answer_first(
        self, cast: Cast, now: datetime, number: str
    ) -> None:
        """An administrator must not take the number with which somebody elsewhere signs in."""
        made = Person.objects.get(customer_id=invite(actor(cast.bruno, now), now, phone=number))
        assert made.phone == number and made.phone_verified_at is None

    def test_is_not_wanted(self, cast: Cast, now: datetime) -> None:
        made = Person.objects.get(customer_id=invite(actor(cast.bruno, now), now))
        assert (made.phone, made.extension, made.phone_verified_at) == ("", "", None)


def test_a_request_sent_twice_invites_once_and_a_new_one_again(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    def asked(operation: str, email: str) -> str:
        return invite_member.invite(
            actor=actor(cast.bruno, now),
            first_name="Nour",
            last_name="Dupré",
            email=email,
            role=Role.SUBSCRIBER,
            operation=operation,
            now=now,
        )

    assert asked("one", EMAIL) == asked("one", EMAIL) != asked("two", "noor@example.org")
    work(hands, now)
    assert len(hands.mail.mails) == 2


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"email": "nour"}, AddressRefused),
        ({"phone": "12"}, AddressRefused),
        ({"extension": "12"}, AddressRefused),
        ({"last_name": "<b>"}, Malformed),
    ],
)
def test_what_cannot_be_read_invites_nobody(
    cast: Cast, now: datetime, wrong: dict[str, str], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        invite(actor(cast.bruno, now), now, **wrong)  # type: ignore[arg-type]
    assert Person.objects.count() == 6
