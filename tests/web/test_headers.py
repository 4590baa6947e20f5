"""What the browser may load, keep and tell; and pages for what went wrong."""

import re
from pathlib import Path

import pytest
from django.test import Client, override_settings

import linekey.web
from linekey.web.headers import CONTENT_SECURITY_POLICY
from tests.build import Cast

ROOM = Path(linekey.web.__file__).parent
TEMPLATES = sorted((ROOM / "templates").rglob("*.html"))


@pytest.mark.parametrize("address", ["/connexion", "/nulle-part", "/static/linekey/icons.svg"])
def test_every_answer_is_strict(stranger: Client, address: str) -> None:
    answer = stranger.get(address)
    answer.close()
    headers = answer.headers
    assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_the_policy_allows_nothing_inline() -> None:
    assert "default-src 'none'" in CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOM / "templates")))
def test_no_template_needs_anything_inline(template: Path) -> None:
    source = template.read_text()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|hx-on|<script(?![^>]*\bsrc=)|javascript:", source)
    assert not re.search(r"https?://", source), "nothing is loaded from, or sent, elsewhere"
    assert not re.search(r"\{#[^#\n]*\n", source), "a comment of two lines is shown to everybody"


def test_no_page_builds_an_address_from_the_request() -> None:
    """Law 9: the Host header is somebody else's word."""
    for source in ROOM.rglob("*.py"):
        assert "build_absolute_uri" not in source.read_text(), source


@override_settings(ALLOWED_HOSTS=["*"])
def test_a_false_host_reaches_no_link(cast: Cast, ada: Client, stranger: Client) -> None:
    for browser, address in ((stranger, "/connexion"), (ada, "/"), (ada, "/telephonie/0033972101010")):
        assert b"evil.example" not in browser.get(address, headers={"host": "evil.example"}).content


def test_an_unknown_host_is_refused(stranger: Client) -> None:
    assert stranger.get("/connexion", headers={"host": "evil.example"}).status_code == 400


def test_a_form_without_its_token_changes_nothing(cast: Cast) -> None:
    careful = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    answer = careful.post("/mot-de-passe-perdu", {"identifier": "ab12345-lk"})
    assert answer.status_code == 403
    assert b"This form has expired. Nothing was changed." in answer.content


def test_an_address_that_is_not_there_has_a_page(stranger: Client, ada: Client) -> None:
    for browser in (stranger, ada):
        answer = browser.get("/nulle-part")
        assert answer.status_code == 404
        assert b"There is no such page." in answer.content


def test_a_fault_of_ours_has_a_page_that_needs_nothing() -> None:
    from django.http import HttpRequest

    from linekey.web.errors import server_error

    answer = server_error(HttpRequest())
    assert answer.status_code == 500
    assert b"<h1>" in answer.content
