"""The list of members: every filter stands in the address, every page costs the same, all are one's own."""

import re
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linekey.domain.access import Role
from linekey.records.models import Factor, Person
from tests import build
from tests.build import Cast
from tests.web.conftest import HOSTILE, seated
from tests.web_members.conftest import lock

EVERYBODY = {"ada", "bruno", "chen", "dina", "olivia", "eve"}


def listed(browser: object, query: str = "") -> list[str]:
    page = browser.get(f"/membres{query}").content.decode()  # type: ignore[attr-defined]
    return re.findall(r"<small>([a-z]{2}\d{5}-lk)</small>", page)


def crowd(cast: Cast, now: datetime, count: int) -> None:
    for number in range(count):
        names = f"M{number:03}", f"Zola{number % 7}"
        member = build.person(f"zz{number:05}-lk", *names, Role.SUBSCRIBER, cast.lumen, cast.reseller, now)
        build.open_session(member, now)
        Factor.objects.create(uid=f"{number:032}", person=member, kind="totp", name="t", created_at=now)


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("bruno", {"ada", "bruno"}),
        ("chen", {"ada", "bruno", "chen"}),
        ("dina", EVERYBODY),
        ("olivia", EVERYBODY),
    ],
)
def test_everybody_sees_their_branch_and_nobody_else(cast: Cast, who: str, seen: set[str]) -> None:
    browser = seated(getattr(cast, who))
    assert set(listed(browser)) == {getattr(cast, name).customer_id for name in seen}
    for name in EVERYBODY:
        answer = browser.get(f"/membres/{getattr(cast, name).customer_id}")
        assert answer.status_code == (200 if name in seen else 404), name


def test_a_subscriber_has_no_such_pages(cast: Cast) -> None:
    browser = seated(cast.ada)
    for leaf in ("", "/inviter", "/ab12345-lk", "/bc23456-lk", "/bc23456-lk/deverrouiller", "/zz/lien"):
        assert browser.get(f"/membres{leaf}").status_code == 403, leaf
        assert browser.post(f"/membres{leaf}").status_code in (403, 405), leaf


@pytest.mark.parametrize(
    "leaf", ["", "/deverrouiller", "/lien", "/role", "/desactiver", "/double-authentification"]
)
def test_a_foreign_member_and_nobody_are_one_page(cast: Cast, leaf: str) -> None:
    bruno = seated(cast.bruno)

    def told(customer_id: str) -> tuple[int, str]:
        answer = bruno.get(f"/membres/{customer_id}{leaf}")
        page = answer.content.decode()
        return answer.status_code, re.sub(
            r'value="\w+"|X-CSRFToken": "\w+|next=[^"]*|request-number">\w+', "", page
        )

    assert told("ev67890-lk") == told("zz99999-lk") and told("ev67890-lk")[0] == 404


class TestFilters:
    def test_each_standing_is_one_link(self, cast: Cast, now: datetime) -> None:
        lock(cast.ada, now)
        Person.objects.filter(pk=cast.bruno.pk).update(activated_at=None)
        Person.objects.filter(pk=cast.chen.pk).update(is_active=False, disabled_for="payment")
        Factor.objects.create(uid="f" * 32, person=cast.dina, kind="totp", name="t", created_at=now)
        olivia = seated(cast.olivia)
        assert listed(olivia, "?etat=verrouille") == ["ab12345-lk"]
        assert listed(olivia, "?etat=non-active") == ["bc23456-lk"]
        assert listed(olivia, "?etat=desactive") == ["cw34567-lk"]
        assert "dh45678-lk" not in listed(olivia, "?etat=sans-2fa")
        assert b"a payment is missing" in olivia.get("/membres?etat=desactive").content
        page = olivia.get("/membres?etat=verrouille&role=subscriber").content.decode()
        assert 'href="?etat=non-active&amp;role=subscriber"' in page and 'aria-current="true"' in page

    def test_of_role_text_and_organisation_mix(self, cast: Cast) -> None:
        chen = seated(cast.chen)
        assert listed(chen, "?role=subscriber") == ["ab12345-lk"]
        assert listed(chen, "?texte=Lemoine+Ada") == ["ab12345-lk"]
        assert listed(chen, "?texte=BC234") == ["bc23456-lk"]
        assert listed(chen, "?texte=ada.lemoine@example.org") == ["ab12345-lk"]
        assert listed(chen, f"?organisation={cast.lumen.pk}&role=primary_admin") == ["bc23456-lk"]
        assert (
            "Only members of Atelier Lumen."
            in chen.get(f"/membres?organisation={cast.lumen.pk}").content.decode()
        )

    def test_of_a_foreign_organisation_find_and_name_nobody(self, cast: Cast) -> None:
        chen = seated(cast.chen)
        for number in (cast.verne.pk, 99_999):
            page = chen.get(f"/membres?organisation={number}").content.decode()
            assert "Nobody matches." in page and "Verne" not in page

    def test_that_do_not_exist_narrow_nothing(self, cast: Cast) -> None:
        assert len(listed(seated(cast.bruno), "?etat=perdu&role=king&apres=zz99999-lk")) == 2

    @pytest.mark.parametrize("name", HOSTILE)
    def test_with_strange_words_never_break(self, cast: Cast, name: str) -> None:
        bruno = seated(cast.bruno)
        for field in ("texte", "etat", "role", "organisation", "apres"):
            answer = bruno.get("/membres", {field: HOSTILE[name]})
            assert answer.status_code in (200, 400), field
        assert bruno.get(f"/membres/{HOSTILE[name][:200]}x").status_code in (400, 404)

    def test_a_browser_the_account_no_longer_knows_locks_nobody(self, cast: Cast, now: datetime) -> None:
        session = build.open_session(cast.ada, now)
        lock(cast.ada, now, device=session.device_id)
        bruno = seated(cast.bruno)
        assert listed(bruno, "?etat=verrouille") == ["ab12345-lk"]
        cast.ada.devices.update(ended_at=now)
        assert listed(bruno, "?etat=verrouille") == []


def test_pages_follow_each_other_without_gap_or_repetition(cast: Cast, now: datetime) -> None:
    crowd(cast, now, 110)
    chen, found, query = seated(cast.chen), [], ""
    while True:
        page = chen.get(f"/membres{query}").content.decode()
        found += listed(chen, query)
        onward = re.search(r'href="(\?[^"]*apres=[^"]*)" rel="next"', page)
        if onward is None:
            break
        query = onward[1].replace("&amp;", "&")
    assert len(found) == len(set(found)) == 113
    assert set(found) == set(
        Person.objects.exclude(tenant=cast.operator).values_list("customer_id", flat=True)
    )


def test_a_place_among_others_tells_nothing_of_them(cast: Cast, now: datetime) -> None:
    """`apres` with somebody foreign must not say where in the alphabet they stand."""
    bruno = seated(cast.bruno)
    assert listed(bruno, "?apres=ev67890-lk") == listed(bruno, "?apres=zz99999-lk") == listed(bruno)


def test_a_full_page_costs_what_a_short_one_does(cast: Cast, now: datetime) -> None:
    bruno = seated(cast.bruno)
    bruno.get("/membres")
    with CaptureQueriesContext(connection) as few:
        bruno.get("/membres")
    crowd(cast, now, 60)
    with CaptureQueriesContext(connection) as many:
        bruno.get("/membres")
    assert len(many) <= len(few) <= 10
    assert not [each["sql"] for each in many if "COUNT(" in each["sql"].upper()]


def test_an_address_is_masked_where_it_is_not_to_be_learnt(cast: Cast) -> None:
    for address in ("/membres", "/membres/ab12345-lk"):
        assert b"ada.lemoine@" not in seated(cast.dina).get(address).content
        assert b"ada.lemoine@" in seated(cast.bruno).get(address).content
    assert b"bruno.carpentier@" in seated(cast.chen).get("/membres").content


def test_what_cannot_be_done_says_why(cast: Cast, now: datetime) -> None:
    carla = build.person("ca33333-lk", "Carla", "C", Role.COMPANY_ADMIN, cast.lumen, cast.reseller, now)
    page = seated(carla).get("/membres/bc23456-lk").content.decode()
    assert "Your role does not include this action." in page and "/desactiver" not in page
    Factor.objects.create(uid="f" * 32, person=cast.bruno, kind="totp", name="t", created_at=now)
    assert "only removed by support" in seated(cast.chen).get("/membres/bc23456-lk").content.decode()
    assert "This is you." in seated(cast.bruno).get("/membres/bc23456-lk").content.decode()
    Person.objects.filter(pk=cast.ada.pk).update(is_active=False, disabled_for="payment")
    bruno = seated(cast.bruno).get("/membres/ab12345-lk").content.decode()
    assert "/reactiver" not in bruno and "Enable the account" in bruno
    assert "/membres/ab12345-lk/journal" in bruno


def test_a_change_wants_a_recent_proof_before_its_form(cast: Cast) -> None:
    long_ago = seated(cast.bruno, ago=timedelta(hours=1))
    for leaf in ("deverrouiller", "lien", "role", "desactiver", "reactiver", "double-authentification"):
        for answer in (
            long_ago.get(f"/membres/ab12345-lk/{leaf}"),
            long_ago.post(f"/membres/ab12345-lk/{leaf}"),
        ):
            assert answer.headers["Location"].startswith("/confirmer?next="), leaf
    assert long_ago.get("/membres/inviter").headers["Location"].startswith("/confirmer?next=")
