"""Browsers of the cast, already signed in, at the present moment: pages look at the real clock."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from linekey.records.models import ElementHealth, Person
from tests.build import ACCESS_SERVER, Cast, build_cast, open_session

Browser = Callable[..., Client]


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def cast(db: None, now: datetime) -> Cast:
    return build_cast(now)


@pytest.fixture
def browser(cast: Cast, now: datetime) -> Browser:
    """`browser(cast.chen)` has just proved who they are; `browser(cast.chen, proved=False)` long ago."""

    def signed_in(person: Person, *, proved: bool = True) -> Client:
        client = Client()
        session = client.session
        at = now if proved else now - timedelta(hours=1)
        session["opened"] = open_session(person, now, confirmed_at=at).pk
        session["stamp"] = person.get_session_auth_hash()
        session.save()
        client.cookies["django_language"] = "en"
        session["language"] = "en"
        session.save()
        return client

    return signed_in


@pytest.fixture
def access_server(db: None, now: datetime) -> str:
    """The worker has seen one RADIUS server."""
    ElementHealth.objects.create(
        name=ACCESS_SERVER,
        role="access_server",
        seen_at=now,
        good=True,
        since=now - timedelta(minutes=10),
        findings=[{"check": "reachable", "good": True, "detail": "It answers.", "remedy": ""}],
    )
    return ACCESS_SERVER
