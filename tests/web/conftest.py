"""Browsers that are already signed in, and one that is not."""

from collections.abc import Callable

import pytest
from django.test import Client

from linekey.records.models import Person
from tests.build import PORTAL_PASSWORD, Cast

SignIn = Callable[[Person], Client]


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
