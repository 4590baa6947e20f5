"""Browsers that are already signed in, one that is not, and what strangers type to see what breaks."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from linekey.records.models import Person
from tests.build import PORTAL_PASSWORD, Cast, open_session

SignIn = Callable[[Person], Client]
HOSTILE = {
    "nothing": "",
    "a blank": " ",
    "NUL": "ab12345-lk\0",
    "NUL, encoded": "ab12345-lk%00",
    "ten thousand letters": "a" * 10_000,
    "right-to-left marks": "\u202eab12345\u202c-lk\u200f",
    "header injection": "ada.lemoine@example.org\r\nBcc: eve@evil.example",
    "SQL": "' OR '1'='1' --",
    "HTML": '"><script>alert(1)</script><img src=x onerror=alert(1)>',
    "template": "{{ 7|add:7 }}{% debug %}",
    "format": "%(left)s %s {0} {left}",
    "deep JSON": "[" * 15_000,
    "JSON": '{"id": null, "rawId": 7, "response": []}',
    "a number": "1e5",
    "other digits": "١٢٣٤٥٦",
    "a surrogate, escaped": '{"rawId": "\\ud800"}',
    "an emoji": "😀" * 40,
}
"""What is typed, by what it is."""


def forms_of(names: tuple[str, ...], value: str) -> dict[str, object]:
    """Every field hostile: as itself, as an array in PHP's spelling, and sent twice."""
    spelled = {f"{name}[]": value for name in names}
    return {**{name: [value, value] for name in names}, **spelled}


def body_of(answer: Any) -> str:
    """What the page says, without what differs from one form to the next."""
    page: str = answer.content.decode()
    return re.sub(r'(name="csrfmiddlewaretoken" value="|"X-CSRFToken": ")\w+', r"\1", page)


def seated(person: Person, *, ago: timedelta = timedelta(0), language: str = "en") -> Client:
    """A browser whose person proved who they are so long ago, without a door."""
    browser, now = Client(headers={"accept-language": language}), timezone.now()
    session = browser.session
    session["opened"] = open_session(person, now, confirmed_at=now - ago).pk
    session["stamp"] = person.get_session_auth_hash()
    session["language"] = language
    session.save()
    return browser


@pytest.fixture
def sign_in(cast: Cast) -> SignIn:
    def signed_in(person: Person) -> Client:
        browser = Client(headers={"accept-language": "en"})
        typed = {"identifier": person.customer_id, "password": PORTAL_PASSWORD.reveal()}
        assert browser.post("/connexion", typed).status_code == 303
        browser.post("/langue", {"language": "en"})
        return browser

    return signed_in


@pytest.fixture
def ada(cast: Cast, sign_in: SignIn) -> Client:
    return sign_in(cast.ada)


@pytest.fixture
def stranger(db: None) -> Client:
    return Client(headers={"accept-language": "en"})
