"""Opening and naming what stands below: who may, once, and never in the wrong place."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from linekey.domain.access import Actor, Door, Role, Scope
from linekey.domain.errors import (
    AddressRefused,
    Malformed,
    NotAllowed,
    NotFound,
    ScopeNotGranted,
    StepUpNeeded,
)
from linekey.domain.tree import OrganisationKind
from linekey.records import find
from linekey.records.models import AuditEntry, Organisation, Person, Site
from linekey.usecases import edit_organisation, open_organisation
from linekey.usecases.open_organisation import FirstAdministrator, NewOrganisation, Opened
from tests import build
from tests.build import Cast, actor, stale
from tests.hands import Hands, work

CUSTOMER, RESELLER = OrganisationKind.CUSTOMER, OrganisationKind.RESELLER
NOUR = FirstAdministrator("Nour", "Dupré", "nour@example.org")


def opened(
    who: Actor,
    under: Organisation,
    now: datetime,
    *,
    kind: OrganisationKind = CUSTOMER,
    name: str = "Neuve & Cie",
    reference: str = "CLI-7",
    first: FirstAdministrator | None = None,
    operation: str = "once",
) -> Opened:
    return open_organisation.open_under(
        actor=who,
        under=str(under.pk),
        new=NewOrganisation(kind, name, reference),
        first=first,
        operation=operation,
        now=now,
    )


def test_a_reseller_opens_a_customer_and_its_administrator_is_invited(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    made = opened(actor(cast.chen, now), cast.reseller, now, first=NOUR)
    company = Organisation.objects.get(pk=made.organisation)
    assert (company.name, company.kind, company.reference) == ("Neuve & Cie", "customer", "CLI-7")
    assert company.parent == cast.reseller and company.path == f"{cast.reseller.path}{company.pk}."
    assert find.policy_of(company) == find.policy_of(cast.lumen)
    nour = Person.objects.get(customer_id=made.administrator)
    assert (nour.organisation, nour.role, nour.tenant) == (company, "primary_admin", cast.reseller)
    work(hands, now)
    assert hands.mail.mails[0].address == "nour@example.org"
    trail = list(AuditEntry.objects.order_by("id").values_list("action", "path"))
    assert trail == [("organisation.open", company.path), ("member.invited", company.path)]


def test_the_operator_opens_a_reseller_with_somebody_in_it(cast: Cast, now: datetime) -> None:
    made = opened(actor(cast.olivia, now), cast.operator, now, kind=RESELLER, first=NOUR)
    nour = Person.objects.get(customer_id=made.administrator)
    assert nour.role == "reseller" and nour.tenant == nour.organisation
    below = opened(find.actor_of(nour, confirmed_at=now), nour.organisation, now, operation="theirs")
    assert Organisation.objects.get(pk=below.organisation).parent == nour.organisation


def test_the_operator_opens_a_customer_under_a_reseller(cast: Cast, now: datetime) -> None:
    made = opened(actor(cast.olivia, now), cast.reseller, now)
    assert Organisation.objects.get(pk=made.organisation).path.startswith(cast.reseller.path)


@pytest.mark.parametrize(
    ("who", "under", "kind"),
    [
        ("chen", "reseller", RESELLER),
        ("chen", "reseller", OrganisationKind.OPERATOR),
        ("chen", "lumen", CUSTOMER),
        ("olivia", "operator", OrganisationKind.OPERATOR),
        ("olivia", "lumen", CUSTOMER),
        ("bruno", "lumen", CUSTOMER),
        ("dina", "operator", CUSTOMER),
        ("dina", "reseller", CUSTOMER),
    ],
)
def test_nothing_stands_where_it_does_not_belong(
    cast: Cast, now: datetime, who: str, under: str, kind: OrganisationKind
) -> None:
    with pytest.raises(NotAllowed):
        opened(actor(getattr(cast, who), now), getattr(cast, under), now, kind=kind)


@pytest.mark.parametrize(
    ("who", "under"),
    [("chen", "operator"), ("chen", "verne"), ("bruno", "reseller"), ("ada", "lumen"), ("eve", "operator")],
)
def test_another_branch_is_answered_like_none(cast: Cast, now: datetime, who: str, under: str) -> None:
    with pytest.raises(NotFound):
        opened(actor(getattr(cast, who), now), getattr(cast, under), now)


def test_the_same_request_sent_twice_opens_one(cast: Cast, now: datetime, hands: Hands) -> None:
    chen = actor(cast.chen, now)
    first = opened(chen, cast.reseller, now, first=NOUR)
    again = opened(chen, cast.reseller, now, first=NOUR)
    assert again == Opened(first.organisation, "")
    work(hands, now)
    assert len(hands.mail.mails) == 1
    other = opened(chen, cast.reseller, now, operation="another", reference="")
    assert other.organisation != first.organisation


def test_the_request_of_somebody_else_is_another_one(cast: Cast, now: datetime) -> None:
    mine = opened(actor(cast.chen, now), cast.reseller, now)
    theirs = opened(actor(cast.olivia, now), cast.operator, now)
    assert mine.organisation != theirs.organisation


def test_two_presses_at_once_open_one(
    committed: Cast, now: datetime, in_threads: Callable[..., list[Opened]]
) -> None:
    chen = actor(committed.chen, now)
    found = in_threads([lambda: opened(chen, committed.reseller, now)] * 3)
    assert len({made.organisation for made in found}) == 1


class TestAReference:
    def test_is_unique_in_the_books_of_one_reseller(self, cast: Cast, now: datetime) -> None:
        opened(actor(cast.chen, now), cast.reseller, now)
        with pytest.raises(Malformed) as refusal:
            opened(actor(cast.chen, now), cast.reseller, now, operation="another")
        assert refusal.value.values["field"] == "reference"
        opened(actor(cast.olivia, now), cast.operator, now)

    def test_may_be_missing_any_number_of_times(self, cast: Cast, now: datetime) -> None:
        for number in range(2):
            opened(actor(cast.chen, now), cast.reseller, now, reference="", operation=f"op {number}")

    def test_is_changed_by_whoever_is_above_alone(self, cast: Cast, now: datetime) -> None:
        edit: dict[str, Any] = {"organisation": str(cast.lumen.pk), "name": "Atelier Lumen", "now": now}
        edit_organisation.edit(actor=actor(cast.chen, now), reference="CLI-9", **edit)
        assert Organisation.objects.get(pk=cast.lumen.pk).reference == "CLI-9"
        with pytest.raises(NotAllowed):
            edit_organisation.edit(actor=actor(cast.bruno, now), reference="CLI-10", **edit)

    def test_of_another_customer_is_refused(self, cast: Cast, now: datetime) -> None:
        opened(actor(cast.chen, now), cast.reseller, now, reference="CLI-9")
        with pytest.raises(Malformed):
            edit_organisation.edit(
                actor=actor(cast.chen, now),
                organisation=str(cast.lumen.pk),
                name=None,
                reference="CLI-9",
                now=now,
            )


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"name": ""}, Malformed),
        ({"name": "visit evil.example"}, Malformed),
        ({"reference": "a b"}, Malformed),
        ({"first": replace(NOUR, email="nour")}, AddressRefused),
        ({"first": replace(NOUR, last_name="<b>")}, Malformed),
    ],
)
def test_what_cannot_be_read_opens_nothing(
    cast: Cast, now: datetime, wrong: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        opened(actor(cast.chen, now), cast.reseller, now, **wrong)  # type: ignore[arg-type]
    assert Organisation.objects.count() == 4 and not AuditEntry.objects.exists()


def test_a_proof_is_wanted_and_a_key_needs_members_to_invite(cast: Cast, now: datetime) -> None:
    with pytest.raises(StepUpNeeded):
        opened(stale(actor(cast.chen, now)), cast.reseller, now)
    program = replace(actor(cast.chen), door=Door.API, scopes=frozenset({Scope.SETTINGS}))
    with pytest.raises(ScopeNotGranted):
        opened(program, cast.reseller, now, first=NOUR)
    assert Organisation.objects.count() == 4
    opened(program, cast.reseller, now)


class TestNaming:
    def test_administrators_rename_their_own_organisation(self, cast: Cast, now: datetime) -> None:
        for role in (Role.COMPANY_ADMIN, Role.PRIMARY_ADMIN):
            edit_organisation.edit(
                actor=replace(actor(cast.bruno, now), role=role),
                organisation=str(cast.lumen.pk),
                name=f"Lumen {role.value[0]}",
                reference=None,
                now=now,
            )
        assert Organisation.objects.get(pk=cast.lumen.pk).name == "Lumen p"
        entry = AuditEntry.objects.order_by("-id")[0]
        assert (entry.action, entry.path) == ("organisation.edit", cast.lumen.path)
        assert (entry.facts["former"], entry.facts["named"]) == ("Lumen c", "Lumen p")

    def test_the_same_name_again_is_no_change(self, cast: Cast, now: datetime) -> None:
        edit_organisation.edit(
            actor=actor(cast.bruno, now),
            organisation=str(cast.lumen.pk),
            name=" Atelier  Lumen",
            reference=None,
            now=now,
        )
        assert not AuditEntry.objects.exists()

    def test_support_renames_nothing(self, cast: Cast, now: datetime) -> None:
        with pytest.raises(NotAllowed):
            edit_organisation.add_site(
                actor=actor(cast.dina, now), organisation=str(cast.lumen.pk), name="Lille", now=now
            )

    def test_a_site_is_added_and_renamed_under_a_name_of_its_own(self, cast: Cast, now: datetime) -> None:
        bruno: dict[str, Any] = {
            "actor": actor(cast.bruno, now),
            "organisation": str(cast.lumen.pk),
            "now": now,
        }
        edit_organisation.add_site(name="Lille / siège", **bruno)
        site = Site.objects.get(name="Lille / siège")
        for name in ("Roubaix", "evil.example", ""):
            with pytest.raises(Malformed) as refusal:
                edit_organisation.rename_site(site=str(site.pk), name=name, **bruno)
            assert refusal.value.values["field"] == "site"
        with pytest.raises(Malformed):
            edit_organisation.add_site(name="Roubaix", **bruno)
        edit_organisation.rename_site(site=str(site.pk), name="Lille", **bruno)
        edit_organisation.rename_site(site=str(site.pk), name="Lille", **bruno)
        assert [(entry.action, entry.facts["site"]) for entry in AuditEntry.objects.order_by("id")] == [
            ("site.add", "Lille / siège"),
            ("site.rename", "Lille"),
        ]

    def test_a_site_of_another_company_is_answered_like_none(self, cast: Cast, now: datetime) -> None:
        theirs = Site.objects.create(organisation=cast.verne, name="Nantes")
        for site in (str(theirs.pk), "999999", "-1", "x", str(2**64)):
            with pytest.raises(NotFound):
                edit_organisation.rename_site(
                    actor=actor(cast.bruno, now),
                    organisation=str(cast.lumen.pk),
                    site=site,
                    name="Lille",
                    now=now,
                )

    def test_the_same_site_name_is_free_elsewhere(self, cast: Cast, now: datetime) -> None:
        other = build.organisation(cast.reseller, "customer", "Voisin")
        edit_organisation.add_site(
            actor=actor(cast.chen, now), organisation=str(other.pk), name="Roubaix", now=now
        )
