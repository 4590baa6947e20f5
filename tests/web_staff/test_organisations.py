"""The tree: what one sees of it, what one opens and names in it, and nothing of anybody else's."""

from datetime import datetime
from urllib.parse import urlencode

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from linekey.records.models import Organisation, Person, Site
from linekey.web.staff.organisations import ROWS
from tests import build
from tests.build import Cast
from tests.web_staff.conftest import Browser

LIST = "/revendeur/organisations"
DESK = ("bruno", "chen", "dina", "olivia")
BELOW = ["", "/politique", "/politique/apercu", "/ouvrir", "/modifier", "/sites/ajouter", "/sites/1"]


def of(organisation: Organisation, below: str = "") -> str:
    return f"{LIST}/{organisation.pk}{below}"


def named(client: Client, address: str = LIST, **asked: str) -> list[str]:
    answer = client.get(address, asked)
    assert answer.status_code == 200
    return [line.row.name for line in answer.context["listed"].lines]


def many(cast: Cast, count: int, name: str = "Client {:04d}") -> None:
    for number in range(count):
        build.organisation(cast.reseller, "customer", name.format(number))


@pytest.mark.parametrize("address", [LIST, f"{LIST}/1", f"{LIST}/1/politique", "/droits"])
def test_a_stranger_signs_in_and_a_subscriber_has_no_desk(cast: Cast, browser: Browser, address: str) -> None:
    answer = Client().get(address)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/connexion?{urlencode({'next': address})}"
    assert browser(cast.ada).get(address).status_code == 403


def test_each_sees_what_stands_right_below_and_nothing_beside(cast: Cast, browser: Browser) -> None:
    build.organisation(cast.operator, "reseller", "Autre Revendeur")
    assert named(browser(cast.chen)) == ["Atelier Lumen"]
    assert named(browser(cast.olivia)) == ["Autre Revendeur", "Chen Télécom", "Verne & Filles"]
    assert named(browser(cast.dina)) == named(browser(cast.olivia))
    assert named(browser(cast.bruno)) == []
    assert named(browser(cast.dina), of(cast.reseller)) == ["Atelier Lumen"]


@pytest.mark.parametrize(
    ("who", "asked", "found"),
    [
        ("chen", "lumen", ["Atelier Lumen"]),
        ("chen", "verne", []),
        ("chen", "Chen", []),
        ("olivia", "LUMEN", ["Atelier Lumen"]),
        ("olivia", "vf-00", ["Verne & Filles"]),
        ("chen", "vf-00", []),
        ("chen", "", ["Atelier Lumen"]),
        ("chen", "%", []),
    ],
)
def test_a_text_looks_in_everything_below(
    cast: Cast, browser: Browser, who: str, asked: str, found: list[str]
) -> None:
    Organisation.objects.filter(pk=cast.verne.pk).update(reference="VF-00108")
    assert named(browser(getattr(cast, who)), texte=asked) == found


def test_what_is_found_deeper_says_where_it_stands(cast: Cast, browser: Browser) -> None:
    assert "under Chen Télécom" in browser(cast.olivia).get(LIST, {"texte": "Lumen"}).content.decode()


def test_each_page_goes_on_where_the_last_one_ended(cast: Cast, browser: Browser) -> None:
    many(cast, ROWS + 5)
    build.organisation(cast.reseller, "customer", "Client 0003")
    chen = browser(cast.chen)
    first = chen.get(LIST, {"texte": "Client"}).context["listed"]
    second = chen.get(LIST + first.next).context["listed"]
    seen = [line.row.name for line in (*first.lines, *second.lines)]
    assert seen == sorted([*(f"Client {number:04d}" for number in range(ROWS + 5)), "Client 0003"])
    assert second.next == "" and second.first


def test_a_page_of_rows_costs_what_one_row_does_and_counts_nothing(
    cast: Cast, browser: Browser, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    chen = browser(cast.chen)
    for _ in range(2):
        with django_assert_max_num_queries(9) as captured:
            chen.get(LIST)
        assert not [query for query in captured if "COUNT(" in query["sql"]]
        many(cast, ROWS)


def test_the_first_sites_are_named_and_more_of_them_hinted_at(cast: Cast, browser: Browser) -> None:
    for name in ("Lille", "Arras", "Douai"):
        Site.objects.create(organisation=cast.lumen, name=name)
    (line,) = browser(cast.chen).get(LIST).context["listed"].lines
    assert line.row.sites == ("Arras", "Douai", "Lille") and line.row.more_sites


@pytest.mark.parametrize("below", ["", "/politique", "/politique/apercu?modele=legacy"])
def test_a_page_asks_the_database_a_handful_of_times(
    cast: Cast, browser: Browser, below: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    chen = browser(cast.chen)
    with django_assert_max_num_queries(11):
        assert chen.get(of(cast.lumen, below)).status_code == 200


class TestThePage:
    @pytest.mark.parametrize("who", DESK)
    def test_is_for_everybody_who_looks_after_it(self, cast: Cast, browser: Browser, who: str) -> None:
        content = browser(getattr(cast, who)).get(of(cast.lumen)).content.decode()
        assert "Roubaix" in content and "/revendeur/services" in content
        assert ("client=Atelier+Lumen" in content) is (who != "bruno"), "his own are all he sees"
        assert f"/membres?organisation={cast.lumen.pk}" in content and of(cast.lumen, "/politique") in content

    def test_leads_back_within_what_one_sees(self, cast: Cast, browser: Browser) -> None:
        def crumbs(person: Person) -> list[str]:
            trail = browser(person).get(of(cast.lumen)).context["crumbs"]
            return [label for label, _address in trail[1:]]

        assert crumbs(cast.bruno) == ["Atelier Lumen"]
        assert crumbs(cast.chen) == ["Chen Télécom", "Atelier Lumen"]
        assert crumbs(cast.dina) == ["Linekey Télécom", "Chen Télécom", "Atelier Lumen"]
        assert "Chen" not in browser(cast.bruno).get(of(cast.lumen)).content.decode()

    @pytest.mark.parametrize(
        ("who", "place", "offered"),
        [
            ("bruno", "lumen", {"/modifier", "/sites/ajouter"}),
            ("chen", "lumen", {"/modifier", "/sites/ajouter"}),
            ("chen", "reseller", {"/modifier", "/sites/ajouter", "/ouvrir"}),
            ("dina", "reseller", set()),
            ("olivia", "reseller", {"/modifier", "/sites/ajouter", "/ouvrir"}),
        ],
    )
    def test_offers_what_the_role_includes(
        self, cast: Cast, browser: Browser, who: str, place: str, offered: set[str]
    ) -> None:
        organisation = getattr(cast, place)
        client = browser(getattr(cast, who))
        content = client.get(of(organisation)).content.decode()
        for below in ("/modifier", "/sites/ajouter", "/ouvrir"):
            assert (f'href="{of(organisation, below)}"' in content) is (below in offered), below
            assert client.get(of(organisation, below)).status_code == (200 if below in offered else 403)

    def test_has_many_sites_in_pages(self, cast: Cast, browser: Browser) -> None:
        Site.objects.bulk_create(Site(organisation=cast.lumen, name=f"Site {n:03d}") for n in range(120))
        bruno = browser(cast.bruno)
        first = bruno.get(of(cast.lumen)).context["page"]
        assert len(first.sites) == 100
        rest = bruno.get(of(cast.lumen), {"sites": first.next_sites}).context["page"]
        assert [site.name for site in rest.sites] == [f"Site {n:03d}" for n in range(99, 120)]
        assert rest.next_sites == ""

    @pytest.mark.parametrize("below", BELOW)
    def test_of_another_branch_and_of_nobody_are_one_answer(
        self, cast: Cast, browser: Browser, below: str
    ) -> None:
        for who in ("bruno", "chen"):
            client = browser(getattr(cast, who))
            places = [str(cast.verne.pk), str(cast.operator.pk), "999999", "-1", "x", "9" * 40, "1%00", "٣"]
            answers = [
                client.get(f"{LIST}/{place}{below}", headers={"HX-Request": "true"}) for place in places
            ]
            assert {answer.status_code for answer in answers} == {404}
            assert len({answer.content for answer in answers}) == 1


class TestOpening:
    def form(self, client: Client, under: Organisation, **typed: str) -> object:
        answer = client.get(of(under, "/ouvrir"))
        sent = {"kind": "customer", "name": "Neuve & Cie", "reference": "", "email": ""}
        return client.post(of(under, "/ouvrir"), {"operation": answer.context["operation"], **sent, **typed})

    def test_a_customer_with_its_first_administrator(self, cast: Cast, browser: Browser) -> None:
        chen = browser(cast.chen)
        person = {"first_name": "Nour", "last_name": "Dupré", "email": "nour@example.org"}
        answer = self.form(chen, cast.reseller, reference="CLI-7", **person)
        company = Organisation.objects.get(name="Neuve & Cie")
        assert answer.headers["Location"] == of(company)  # type: ignore[attr-defined]
        nour = Person.objects.get(email="nour@example.org")
        assert (nour.organisation, nour.role) == (company, "primary_admin")
        shown = chen.get(of(company)).content.decode()
        assert "“Neuve &amp; Cie” is open." in shown and "CLI-7" in shown

    def test_nobody_is_invited_when_nobody_is_named(self, cast: Cast, browser: Browser) -> None:
        people = Person.objects.count()
        self.form(browser(cast.olivia), cast.operator, kind="reseller")
        assert Organisation.objects.get(name="Neuve & Cie").kind == "reseller"
        assert Person.objects.count() == people

    @pytest.mark.parametrize(
        ("typed", "field"),
        [
            ({"name": ""}, "name"),
            ({"name": "visit evil.example"}, "name"),
            ({"reference": "a b"}, "reference"),
            ({"kind": "reseller"}, "kind"),
            ({"kind": "operator"}, "kind"),
            ({"email": "nour@example.org"}, "first_name"),
            ({"first_name": "Nour"}, "email"),
            ({"first_name": "<b>", "last_name": "D", "email": "n@example.org"}, "first_name"),
            ({"first_name": "N", "last_name": "D", "email": "nowhere"}, "email"),
        ],
    )
    def test_says_beside_the_field_what_is_wrong(
        self, cast: Cast, browser: Browser, typed: dict[str, str], field: str
    ) -> None:
        answer = self.form(browser(cast.chen), cast.reseller, **typed)
        assert answer.status_code == 422  # type: ignore[attr-defined]
        assert field in answer.context["form"].errors  # type: ignore[attr-defined]
        assert Organisation.objects.count() == 4

    def test_sent_twice_opens_one(self, cast: Cast, browser: Browser) -> None:
        chen = browser(cast.chen)
        sent = {"operation": "0" * 32, "kind": "customer", "name": "Neuve", "reference": "", "email": ""}
        places = {chen.post(of(cast.reseller, "/ouvrir"), sent).headers["Location"] for _ in range(2)}
        assert len(places) == 1 and Organisation.objects.filter(name="Neuve").count() == 1

    def test_takes_nothing_but_what_the_form_asks(self, cast: Cast, browser: Browser) -> None:
        self.form(
            browser(cast.chen),
            cast.reseller,
            path="1.",
            parent=str(cast.operator.pk),
            policy='{"lock_after": 99}',
            role="operator_admin",
        )
        made = Organisation.objects.get(name="Neuve & Cie")
        assert (made.parent, made.policy) == (cast.reseller, {})

    @pytest.mark.parametrize("below", ["/ouvrir", "/modifier", "/sites/ajouter"])
    def test_a_proof_is_asked_for_before_the_form(self, cast: Cast, browser: Browser, below: str) -> None:
        answer = browser(cast.chen, proved=False).get(of(cast.reseller, below))
        assert answer.status_code == 303 and answer.headers["Location"].startswith("/confirmer?next=")


class TestNaming:
    def test_an_administrator_renames_the_company_and_not_its_reference(
        self, cast: Cast, browser: Browser
    ) -> None:
        bruno = browser(cast.bruno)
        address = of(cast.lumen, "/modifier")
        assert "reference" not in bruno.get(address).context["form"].fields
        bruno.post(address, {"name": "Lumen & Fils", "reference": "CLI-1"})
        renamed = Organisation.objects.get(pk=cast.lumen.pk)
        assert (renamed.name, renamed.reference) == ("Lumen & Fils", cast.lumen.reference)

    def test_the_reseller_keeps_its_references_apart(self, cast: Cast, browser: Browser) -> None:
        build.organisation(cast.reseller, "customer", "Voisin")
        Organisation.objects.filter(name="Voisin").update(reference="CLI-1")
        answer = browser(cast.chen).post(
            of(cast.lumen, "/modifier"), {"name": "Atelier Lumen", "reference": "CLI-1"}
        )
        assert answer.status_code == 422 and "already taken" in answer.content.decode()

    def test_sites_are_added_and_renamed(self, cast: Cast, browser: Browser) -> None:
        bruno = browser(cast.bruno)
        assert bruno.post(of(cast.lumen, "/sites/ajouter"), {"site": "Lille"}).status_code == 303
        site = Site.objects.get(name="Lille")
        address = of(cast.lumen, f"/sites/{site.pk}")
        assert b"Lille" in bruno.get(address).content
        for wrong in ("", "Roubaix", "evil.example"):
            assert bruno.post(address, {"site": wrong}).status_code == 422
        bruno.post(address, {"site": "Lille 2"})
        assert bruno.post(of(cast.lumen, "/sites/ajouter"), {"site": "Lille 2"}).status_code == 422
        assert set(cast.lumen.sites.values_list("name", flat=True)) == {"Roubaix", "Lille 2"}

    @pytest.mark.parametrize("value", ["a\0b", "x" * 10_000, "\x1b[31m", "\u202e", "<script>"])
    def test_no_input_breaks_a_form(self, cast: Cast, browser: Browser, value: str, now: datetime) -> None:
        chen = browser(cast.chen)
        sent = {
            "operation": "0" * 32,
            "kind": value,
            "name": value,
            "reference": value,
            "email": value,
            "site": value,
        }
        for below in ("/ouvrir", "/modifier", "/sites/ajouter"):
            assert chen.post(of(cast.reseller, below), sent).status_code == 422
        for name in ("texte", "apres", "sites"):
            assert chen.get(of(cast.reseller), {name: value}).status_code in (200, 400, 404)
