"""French first, English on demand, and whatever was chosen stays."""

import pytest
from django.test import Client

from tests.build import PORTAL_PASSWORD, Cast


@pytest.mark.parametrize(
    ("asked", "told"), [("", "fr"), ("fr-CA", "fr"), ("en-GB,en;q=0.8", "en"), ("de", "fr"), ("xx\x80", "fr")]
)
def test_the_browser_decides_and_french_otherwise(db: None, asked: str, told: str) -> None:
    answer = Client(headers={"accept-language": asked}).get("/connexion")
    assert answer.headers["Content-Language"] == told
    assert f'<html lang="{told}"'.encode() in answer.content


def test_the_switch_counts_for_this_browser(db: None) -> None:
    browser = Client()
    answer = browser.post("/langue", {"language": "en"}, headers={"referer": "http://testserver/connexion"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/connexion")
    assert b"Sign in" in browser.get("/connexion").content


def test_a_person_is_spoken_to_in_their_language_until_they_switch(cast: Cast) -> None:
    browser = Client(headers={"accept-language": "en"})
    browser.post("/connexion", {"identifier": "ab12345-lk", "password": PORTAL_PASSWORD.reveal()})
    assert browser.get("/").headers["Content-Language"] == "fr"
    browser.post("/langue", {"language": "en"})
    assert browser.get("/").headers["Content-Language"] == "en"


def test_an_unknown_language_is_refused(ada: Client) -> None:
    assert ada.post("/langue", {"language": "tlh"}).status_code == 400


def test_the_appearance_is_kept_without_javascript(stranger: Client) -> None:
    assert stranger.post("/apparence", {"theme": "dark"}).status_code == 303
    page = stranger.get("/connexion").content
    assert b'data-theme="dark"' in page
    assert b'dark.css" media="all"' in page


def test_an_appearance_somebody_made_up_counts_for_nothing(stranger: Client) -> None:
    stranger.cookies["linekey_theme"] = '"><script>'
    assert b"<script>" not in stranger.get("/connexion").content
