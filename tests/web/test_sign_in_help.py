"""Trouble signing in (TEAM-8): every trouble has its entry, its next step, and is the same for everybody."""

import re
from pathlib import Path

import pytest
from django.test import Client

import linekey.web
from linekey.records.models import Person
from tests.build import Cast
from tests.web.conftest import body_of

TEMPLATES = Path(linekey.web.__file__).parent / "templates"
TROUBLES = {
    "identifiants": ("My details are refused", "/mot-de-passe-perdu"),
    "activation": ("My account is not activated yet", "/mot-de-passe-perdu"),
    "desactive": ("My account is disabled", "/mot-de-passe-perdu"),
    "verrouille": ("My account is locked", "/mot-de-passe-perdu"),
    "code": ("The code never comes", "spam folder"),
    "telephone-perdu": ("I lost my phone or my security key", "recovery codes"),
    "boite-perdue": ("I no longer read the mailbox of my account", "/aide-connexion/dossier"),
    "navigateur": ("The page looks broken", "a current version of Firefox"),
    "aide": ("None of this helps", 'href="tel:1007"'),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_each_trouble_has_its_entry_and_its_way_out(stranger: Client, trouble: str) -> None:
    page = stranger.get("/aide-connexion").content.decode()
    title, way_out = TROUBLES[trouble]
    entry = re.search(rf'<section[^>]*id="{trouble}".*?</section>', page, re.DOTALL)
    assert entry and title in entry[0] and way_out in entry[0]
    assert f'href="#{trouble}"' in page


@pytest.mark.parametrize(
    "said",
    [
        "by an administrator",
        "for a missing payment",
        "for conflicting e-mail addresses",
        "because it could not be validated",
        "lock an account for one hour",
        "until when is written in the message",
        "from a browser you chose to trust",
        "with a passkey",
        "spam folder",
        "by sms",
        "recovery codes",
        "call support",
        "neither javascript nor a recent browser",
    ],
)
def test_it_says_what_there_is_to_do(stranger: Client, said: str) -> None:
    assert said in " ".join(stranger.get("/aide-connexion").content.decode().lower().split())


def test_it_is_the_same_whoever_has_an_account(cast: Cast, stranger: Client) -> None:
    before = body_of(stranger.get("/aide-connexion"))
    Person.objects.all().update(is_active=False, disabled_for="payment")
    assert body_of(Client(headers={"accept-language": "en"}).get("/aide-connexion")) == before


def test_every_link_to_it_leads_to_an_entry() -> None:
    anchors = set()
    for template in TEMPLATES.rglob("*.html"):
        for found in re.findall(r"url 'sign-in-help' %}#([^\"]*)\"", template.read_text()):
            anchors |= set(re.findall(r"[a-z][a-z-]+", re.sub(r"{%.*?%}", " ", found)))
    assert anchors and anchors <= TROUBLES.keys()


@pytest.mark.parametrize("address", ["/connexion", "/mot-de-passe-perdu"])
def test_it_is_found_from_the_pages_where_one_is_stuck(stranger: Client, address: str) -> None:
    assert b'href="/aide-connexion"' in stranger.get(address).content
    assert b'href="/aide-connexion"' in stranger.post(address).content


@pytest.mark.parametrize(
    "address",
    [
        "/connexion",
        "/mot-de-passe-perdu",
        "/creer-un-compte",
        "/aide-connexion",
        "/aide-connexion/dossier",
        "/aide-connexion/dossier/boite-perdue",
    ],
)
def test_every_page_is_readable_without_style_or_script(stranger: Client, address: str) -> None:
    """TEAM-8: an unsupported browser gets a readable page. What it may do is there before any script runs."""
    page = stranger.get(address).content.decode()
    main = page.partition("<main")[2].partition("</main>")[0]
    assert "<h1>" in main
    for form in re.findall(r"<form(?![^>]* hidden).*?</form>", main, re.DOTALL):
        assert 'method="post"' in form and "<button" in form
    assert "hidden" not in "".join(re.findall(r"<section[^>]*>", main))
