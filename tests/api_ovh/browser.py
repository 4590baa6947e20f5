"""A browser in which somebody has signed in."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from linekey.records.models import Person
from tests.build import open_session


def browser_of(person: Person, *, recent: bool = True, checks_csrf: bool = False) -> Client:
    """`recent`: they have just proved again that it is them."""
    client = Client(enforce_csrf_checks=checks_csrf)
    session = client.session
    now = timezone.now()
    opened = open_session(person, now, confirmed_at=now if recent else now - timedelta(days=1))
    session["opened"] = opened.pk
    session["stamp"] = person.get_session_auth_hash()
    session.save()
    return client
