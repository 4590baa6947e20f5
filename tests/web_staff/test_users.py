"""The users of a hosted PBX: who sees them, a page at a time, and what the network sees of each (CTX-3)."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from linekey.records.models import Observation, OutboxEffect
from linekey.web.staff.licences import ROWS
from tests.build import Cast, user_licence
from tests.hands import Hands, work
from tests.web_staff.conftest import Browser

PBX = "/revendeur/services/CTX-00217"
LIST = f"{PBX}/utilisateurs"
STATES = f"{LIST}/etat"
HTMX = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{LIST}"}


def _references(client: Client, **asked: str) -> list[str]:
    answer = client.get(LIST, asked)
    assert answer.status_code == 200
    return [user.row.reference for user in answer.context["users"]]


def _told(client: Client, address: str = LIST) -> str:
    return " ".join(client.get(address).content.decode().split())


def test_the_page_of_a_hosted_pbx_says_what_it_is_and_leads_to_its_users(
    cast: Cast, browser: Browser
) -> None:
    told = _told(browser(cast.chen), PBX)
    for fact in (
        "Centrex Atelier Lumen",
        "Hosted PBX",
        "CLI-00042",
        "Galerie Solstice",
        "CTX-PRO-10",
        "133615",
    ):
        assert fact in told
    assert f'href="{LIST}"' in told
    for kind in ("Simple licence", "Voice menu licence", "Business fax licence"):
        assert f"<dt>{kind}</dt><dd>1</dd>" in told
    assert "Reset" not in told, "it has no secret of its own"
    assert f'href="{PBX}/journal"' in told


def test_chen_sees_licence_number_name_admin_emergency_number_and_state(cast: Cast, browser: Browser) -> None:
    told = _told(browser(cast.chen))
    for fact in (
        "FPC172932",
        "Voice menu licence",
        "FPC172938",
        "Business fax licence",
        "FPC172947",
        "Simple licence",
        "Ligne FPC172947",
        "01 84 78 01 17",
        "Not seen yet",
        "Not with this licence",
    ):
        assert fact in told
    assert 'href="/revendeur/services/FPC172947"' in told and "Detail" in told


@pytest.mark.parametrize("who", ["bruno", "chen", "dina", "olivia"])
def test_every_desk_reaches_the_users_of_its_customers(cast: Cast, browser: Browser, who: str) -> None:
    assert _references(browser(getattr(cast, who))) == ["FPC172932", "FPC172938", "FPC172947"]


def test_a_company_administrator_who_is_not_the_primary_one_reaches_them_too(
    cast: Cast, browser: Browser
) -> None:
    cast.bruno.role = "company_admin"
    cast.bruno.save()
    assert len(_references(browser(cast.bruno))) == 3


def test_unknown_not_yours_and_no_pbx_are_one_answer(cast: Cast, browser: Browser) -> None:
    """Law 11."""
    chen = browser(cast.chen)
    for reference in ("CTX-00999", "CTX-404", "FPC172947", "a\0b"):
        for address in (f"/revendeur/services/{reference}/utilisateurs",):
            assert chen.get(address).status_code == 404
            assert chen.post(f"{address}/etat").status_code == 404
    assert browser(cast.ada).get(LIST).status_code == 403
    assert Client().get(LIST).status_code == 303


def test_ada_finds_the_licence_she_owns_among_her_lines(cast: Cast, browser: Browser) -> None:
    cast.licence.owner = cast.ada
    cast.licence.save()
    told = browser(cast.ada).get("/telephonie").content.decode()
    assert "FPC172947" in told and "CTX-00217" not in told


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("FPC172947", ["FPC172947"]),
        ("fpc17293", ["FPC172932", "FPC172938"]),
        ("01 84 78 01 17", ["FPC172947"]),
        ("+33 1 84 78 01 08", ["FPC172938"]),
        ("7801", ["FPC172932", "FPC172938", "FPC172947"]),
        ("ligne fpc172932", ["FPC172932"]),
        ("nobody", []),
        ("%", []),
        ("_", []),
    ],
)
def test_a_user_is_found_by_licence_name_or_number(
    cast: Cast, browser: Browser, text: str, found: list[str]
) -> None:
    assert _references(browser(cast.chen), texte=text) == found


@pytest.mark.parametrize("name", ["texte", "apres", "essai", "demande"])
@pytest.mark.parametrize(
    "value", ["a\0b", "x" * 10_000, "\x1b[31m", "-1", "9" * 18, "\u202e", "é" * 100, "<b>"]
)
def test_no_input_breaks_the_list(cast: Cast, browser: Browser, name: str, value: str) -> None:
    for address in (LIST, STATES):
        answer = browser(cast.chen).get(address, {name: value})
        assert answer.status_code in (200, 400) and b"<b>" not in answer.content


def test_a_pbx_of_thousands_is_read_a_page_at_a_time_and_costs_no_more(
    cast: Cast, browser: Browser, now: datetime, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    chen = browser(cast.chen)
    for number in range(2 * ROWS):
        user_licence(f"FPC3{number:05d}", cast.pbx, now)
    with django_assert_max_num_queries(9):
        first = chen.get(LIST)
    assert len(first.context["users"]) == ROWS
    second = chen.get(first.context["next"])
    third = chen.get(second.context["next"])
    seen = [user.row.reference for page in (first, second, third) for user in page.context["users"]]
    assert len(seen) == len(set(seen)) == 2 * ROWS + 3 and seen == sorted(seen)
    assert not third.context["next"] and third.context["first"] == f"{LIST}?texte=&apres="


def test_a_pbx_without_users_says_so(cast: Cast, browser: Browser) -> None:
    dina = browser(cast.dina)
    cast.eves_licence.parent = None
    cast.eves_licence.save()
    assert "No user yet" in _told(dina, "/revendeur/services/CTX-00999/utilisateurs")
    assert "<dt>Licences</dt><dd>None</dd>" in _told(dina, "/revendeur/services/CTX-00999")


def test_one_row_is_refreshed_by_itself(cast: Cast, browser: Browser, hands: Hands) -> None:
    chen, address = browser(cast.chen), "/revendeur/services/FPC172947/etat/ligne"
    asked = chen.post(address, headers=HTMX).content.decode()
    assert 'id="etat-FPC172947"' in asked and f'hx-get="{address}?vu=0&amp;essai=1"' in asked
    work(hands)
    seen = chen.get(f"{address}?vu=0&essai=1", headers=HTMX).content.decode()
    assert "Not registered" in seen and "hx-get" not in seen


def test_every_row_of_the_page_is_refreshed_at_once(cast: Cast, browser: Browser, hands: Hands) -> None:
    chen = browser(cast.chen)
    asked = chen.post(STATES, headers=HTMX).content.decode()
    assert "0 of 3 answered" in asked
    assert OutboxEffect.objects.filter(kind="observe").count() == 3
    chen.post(STATES, headers=HTMX)
    assert OutboxEffect.objects.filter(kind="observe").count() == 3, "asked again, nothing is asked twice"
    next_look = asked.partition('hx-get="')[2].partition('"')[0].replace("&amp;", "&")
    work(hands)
    seen = chen.get(next_look, headers=HTMX).content.decode()
    assert "hx-get" not in seen and "answered" not in seen
    assert seen.count('hx-swap-oob="true"') == seen.count("Not registered") == 3


def test_a_network_which_does_not_answer_is_told(cast: Cast, browser: Browser, now: datetime) -> None:
    old = now - timedelta(hours=1)
    Observation.objects.create(service=cast.licence, seen_at=now, online=True)
    Observation.objects.create(service=cast.fax, seen_at=old, online=True)
    asked = {"texte": "", "apres": "", "demande": str(int(now.timestamp() * 1000)), "essai": "20"}
    told = browser(cast.chen).get(STATES, asked, headers=HTMX).content.decode()
    assert "1 of 3 answered within ten seconds" in told and "hx-get" not in told


def test_without_javascript_the_list_is_asked_and_reloaded(cast: Cast, browser: Browser) -> None:
    chen = browser(cast.chen)
    came_from = {"Referer": f"http://testserver{LIST}?texte=FPC"}
    answer = chen.post(f"{STATES}?texte=FPC", headers=came_from)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{LIST}?texte=FPC")
    assert "The network is being asked." in _told(chen)


def test_a_page_seen_a_moment_ago_does_not_ask_by_itself(cast: Cast, browser: Browser, now: datetime) -> None:
    chen = browser(cast.chen)
    assert 'hx-trigger="submit, load"' in _told(chen)
    for service in (cast.menu, cast.fax, cast.licence):
        Observation.objects.create(service=service, seen_at=now, online=False)
    assert 'hx-trigger="submit, load"' not in _told(chen)


def test_no_element_knows_a_pbx_itself(cast: Cast, browser: Browser) -> None:
    assert browser(cast.chen).post(f"{PBX}/etat", headers=HTMX).status_code == 409
    assert not OutboxEffect.objects.exists()
