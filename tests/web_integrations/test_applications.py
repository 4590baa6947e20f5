"""Create an application or a key, see what may act for me, take it back."""

import re

import pytest
from django.test import Client
from pytest_django import Settings

from linekey.api_ovh.calls import Effect
from linekey.records.models import OvhApplication, OvhCredential
from linekey.usecases.create_application import NewApplication
from tests.api_ovh.browser import browser_of
from tests.api_ovh.scripts import Script, send
from tests.build import Cast

PAGES = ["/createApp/", "/createToken/", "/applications", "/console"]
FORM = {
    "name": "Sauvegarde",
    "description": "",
    "rights": "GET /me\npost /xdsl/*\n",
    "networks": "",
    "lasts": "30",
}


@pytest.mark.django_db
@pytest.mark.parametrize("address", PAGES)
def test_every_page_is_for_somebody_signed_in(address: str) -> None:
    assert Client().get(address)["Location"].startswith("/connexion?next=")


@pytest.mark.parametrize("address", PAGES[:2])
def test_making_keys_wants_a_recent_proof_before_the_form(cast: Cast, address: str) -> None:
    browser = browser_of(cast.ada, recent=False)
    assert browser.get(address)["Location"].startswith("/confirmer")
    assert browser.post(address, FORM)["Location"].startswith("/confirmer")
    assert not OvhApplication.objects.exists()


def test_a_new_application_is_shown_once_with_its_secret(cast: Cast) -> None:
    answer = browser_of(cast.chen).post("/createApp/", {"name": "Facturation", "description": ""})
    row = OvhApplication.objects.get()
    text = answer.content.decode()
    assert row.key in text and answer["Cache-Control"] == "no-store"
    assert re.search(r'id="application-secret">\w{32}<', text)
    assert "consumer-key" not in text


@pytest.mark.parametrize("name", ["", " ", "x" * 81, "a\0b"])
def test_an_application_without_a_good_name_is_not_made(cast: Cast, name: str) -> None:
    assert browser_of(cast.ada).post("/createApp/", {"name": name}).status_code == 200
    assert not OvhApplication.objects.exists()


def test_rights_of_the_link_are_filled_in(cast: Cast) -> None:
    text = browser_of(cast.ada).get("/createToken/?GET=/me&GET=/xdsl&POST=/xdsl/*").content.decode()
    assert "GET /me\nGET /xdsl\nPOST /xdsl/*" in text


def test_what_the_link_fills_in_is_never_markup(cast: Cast) -> None:
    text = browser_of(cast.ada).get("/createToken/?GET=</textarea><script>").content.decode()
    assert "</textarea><script>" not in text


def test_the_three_keys_made_at_once_work_at_once(cast: Cast, settings: Settings) -> None:
    settings.LINEKEY_OVH_URLS = ["https://desk.example"]
    text = browser_of(cast.ada).post("/createToken/", FORM).content.decode()
    keys = [
        re.search(rf'id="{name}">(\w+)<', text)
        for name in ("application-key", "application-secret", "consumer-key")
    ]
    application_key, secret, consumer_key = (found[1] for found in keys if found)
    script = Script(application_key, secret, consumer_key, "https://desk.example")
    assert script.get("/me").value["firstname"] == "Ada"
    assert script.get("/xdsl").error == "NOT_GRANTED_CALL"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rights", ""),
        ("rights", "FETCH /me"),
        ("rights", "GET"),
        ("rights", "GET me"),
        ("rights", "GET /a\x1bb"),
        ("networks", "here"),
        ("name", "a\u200bb"),
        ("description", "a\u200bb"),
        ("lasts", "2"),
    ],
)
def test_nonsense_is_explained_beside_its_field_and_makes_nothing(cast: Cast, field: str, value: str) -> None:
    answer = browser_of(cast.ada).post("/createToken/", {**FORM, field: value})
    assert answer.status_code == 200
    assert "wrongs" in answer.content.decode()
    assert not OvhApplication.objects.exists()


def _made(cast: Cast) -> OvhCredential:
    browser_of(cast.ada).post("/createToken/", FORM)
    return OvhCredential.objects.get(person=cast.ada)


def test_the_list_shows_what_may_act_for_me_and_never_a_secret(cast: Cast, page: str) -> None:
    ada = browser_of(cast.ada)
    _made(cast)
    ada.post(page, {"decision": "refuse"})
    text = ada.get("/applications").content.decode()
    assert "Sauvegarde" in text and "Facturation" in text
    OvhCredential.objects.filter(status="validated").update(status="expired")
    assert "revoke" not in ada.get("/applications").content.decode()
    assert "Sauvegarde" not in browser_of(cast.eve).get("/applications").content.decode()


def test_a_key_is_revoked_after_its_consequence_was_told(cast: Cast) -> None:
    row, ada = _made(cast), browser_of(cast.ada)
    address = f"/applications/keys/{row.pk}/revoke"
    assert "Sauvegarde" in ada.get(address).content.decode()
    row.refresh_from_db()
    assert row.status == "validated"
    assert ada.post(address)["Location"] == "/applications"
    row.refresh_from_db()
    assert row.status == "expired"
    assert "Sauvegarde" in ada.get("/applications").content.decode()


def test_an_application_is_removed_after_its_consequence_was_told(cast: Cast) -> None:
    row, ada = _made(cast), browser_of(cast.ada)
    address = f"/applications/{row.application_id}/remove"
    assert "Sauvegarde" in ada.get(address).content.decode()
    assert OvhApplication.objects.exists()
    assert ada.post(address)["Location"] == "/applications"
    assert not OvhCredential.objects.exists()


def test_nobody_takes_back_what_is_not_theirs(cast: Cast, application: NewApplication) -> None:
    row = _made(cast)
    eve = browser_of(cast.eve)
    for address in (
        f"/applications/keys/{row.pk}/revoke",
        f"/applications/{row.application_id}/remove",
        "/applications/999999999999999999999999/remove",
    ):
        assert eve.get(address).status_code == 404
        assert eve.post(address).status_code == 404
    assert OvhApplication.objects.count() == 2


def test_the_console_page_calls_nothing_and_carries_what_its_script_needs(cast: Cast) -> None:
    text = browser_of(cast.ada).get("/console").content.decode()
    assert 'data-base="/1.0"' in text and "linekey/js/console.js" in text
    assert "<noscript>" in text
    sections = re.search(r'data-sections="([^"]+)"', text)
    assert sections is not None
    for section in sections[1].split():
        assert send("GET", f"/1.0/{section}.json", b"", {}).status == 200


def test_the_console_warns_of_every_effect_a_schema_can_name(cast: Cast) -> None:
    text = browser_of(cast.ada).get("/console").content.decode()
    assert all(f'data-warning="{effect.value}"' in text for effect in Effect)
