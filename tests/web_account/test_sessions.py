"""Where one is signed in, and the way to throw others out: at once, without another proof."""

from datetime import datetime

import pytest
from django.test import Client
from django.utils import translation

from linekey.records.models import Device, OpenSession
from linekey.web.account.devices import in_words
from tests.build import Cast
from tests.web_account.conftest import FIREFOX, IPHONE, Browser, things_of

PAGE = "/compte/sessions"


def test_each_is_told_by_device_place_and_time_and_this_one_stands_first(
    ada: Client, cast: Cast, now: datetime
) -> None:
    things_of(cast.ada, now, "ada")
    page = ada.get(PAGE).content.decode()
    assert page.index("This session") < page.index("Safari on iPhone")
    assert "From 203.0.113.9" in page
    assert "with the password and an application" in page
    assert page.count("/fin") == 2
    assert "trusted until" in page


def test_one_is_ended_and_its_browser_must_sign_in_again(cast: Cast, browser: Browser) -> None:
    here, there = browser(cast.ada, proved=False), browser(cast.ada)
    other = OpenSession.objects.get(pk=there.session["opened"])
    assert here.post(f"{PAGE}/{other.pk}/fin").headers["Location"] == PAGE
    assert b"This session has ended" in here.get(PAGE).content
    assert there.get(PAGE).headers["Location"].startswith("/connexion")
    assert here.post(f"{PAGE}/{other.pk}/fin").status_code == 404


def test_all_others_are_ended_at_once(cast: Cast, browser: Browser) -> None:
    here, *others = (browser(cast.ada, proved=False) for _ in range(3))
    assert here.post(f"{PAGE}/fin").headers["Location"] == PAGE
    page = here.get(PAGE)
    assert b"Every other session has ended." in page.content
    assert b"End all other sessions" not in page.content
    assert {other.get(PAGE).status_code for other in others} == {303}


def test_a_browser_is_forgotten(ada: Client, cast: Cast, now: datetime) -> None:
    device = things_of(cast.ada, now, "ada").device
    assert ada.post(f"/compte/navigateurs/{device.pk}/oubli").headers["Location"] == PAGE
    assert b"This browser is forgotten" in ada.get(PAGE).content
    assert Device.objects.get(pk=device.pk).ended_at is not None
    for known in Device.objects.filter(ended_at=None):
        ada.post(f"/compte/navigateurs/{known.pk}/oubli")
    assert b"No known browser" in ada.get(PAGE).content


@pytest.mark.parametrize("address", [f"{PAGE}/fin", f"{PAGE}/1/fin", "/compte/navigateurs/1/oubli"])
def test_following_a_link_ends_nothing(ada: Client, address: str) -> None:
    assert ada.get(address).status_code == 405


def test_what_a_browser_says_of_itself_is_never_markup(ada: Client, cast: Cast, now: datetime) -> None:
    things_of(cast.ada, now, "ada")
    OpenSession.objects.update(told="<script>alert(1)</script>")
    page = ada.get(PAGE).content
    assert b"<script>alert" not in page
    assert b"&lt;script&gt;alert(1)" in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("told", "name", "icon"),
    [
        (FIREFOX, "Firefox on Linux", "globe"),
        (IPHONE, "Safari on iPhone", "device"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
            "Edge on Windows",
            "globe",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/126.0.0.0 Mobile Safari/537.36",
            "Chrome on Android",
            "device",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/17.5 Safari/605.1.15",
            "Safari on macOS",
            "globe",
        ),
        ("curl/8.8.0", "curl/8.8.0", "globe"),
        ("Firefox", "Firefox", "globe"),
        ("x" * 200, "x" * 59 + "…", "globe"),
        ("", "A device that does not say its name", "globe"),
    ],
)
def test_a_device_is_named_honestly(told: str, name: str, icon: str) -> None:
    with translation.override("en"):
        found = in_words(told)
    assert (found.name, found.icon) == (name, icon)
