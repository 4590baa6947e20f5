"""A browser in which somebody has signed in."""

from django.test import Client
from django.utils import timezone

from linekey.records.models import Person


def browser_of(person: Person, *, recent: bool = True, checks_csrf: bool = False) -> Client:
    """`recent`: they have just proved again that it is them."""
    client = Client(enforce_csrf_checks=checks_csrf)
    session = client.session
    session["person"] = person.pk
    session["stamp"] = person.get_session_auth_hash()
    if recent:
        session["confirmed_at"] = timezone.now().isoformat()
    session.save()
    return client
