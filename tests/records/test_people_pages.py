"""Who is behind a session, as every page asks first; and when there is nobody any more."""

from datetime import datetime, timedelta

import pytest

from linekey.domain.access import Door, Role
from linekey.records import find, pages
from linekey.records.models import OpenSession, Person
from linekey.records.sessions import IDLE_ENDS, LASTS
from tests.build import Cast, open_session

MINUTE = timedelta(minutes=1)


@pytest.fixture
def session(cast: Cast, now: datetime) -> OpenSession:
    return open_session(cast.ada, now)


def behind(cast: Cast, session: OpenSession, at: datetime) -> int | None:
    """Whoever that session still is."""
    found = pages.actor_of_session(session.pk, cast.ada.get_session_auth_hash(), at)
    return found.person_id if found else None


def test_a_session_is_its_person_with_their_last_proof(
    cast: Cast, session: OpenSession, now: datetime
) -> None:
    found = pages.actor_of_session(session.pk, cast.ada.get_session_auth_hash(), now)
    assert found is not None
    assert (found.person_id, found.session_id, found.door) == (cast.ada.pk, session.pk, Door.PORTAL)
    assert found.confirmed_at == now and found.scopes is None


def test_a_session_left_alone_is_over_after_an_hour(cast: Cast, session: OpenSession, now: datetime) -> None:
    """OWASP ASVS 5.0, 7.3.1."""
    assert behind(cast, session, now + IDLE_ENDS) is None
    assert behind(cast, session, now + IDLE_ENDS - MINUTE) == cast.ada.pk
    assert behind(cast, session, now + 2 * IDLE_ENDS - 2 * MINUTE) == cast.ada.pk


def test_no_session_outlives_a_working_day(cast: Cast, session: OpenSession, now: datetime) -> None:
    """7.3.2: however much it is used."""
    at = now
    while at + 30 * MINUTE < now + LASTS:
        at += 30 * MINUTE
        assert behind(cast, session, at) == cast.ada.pk
    assert behind(cast, session, now + LASTS) is None


def test_a_disabled_person_has_no_session_left(cast: Cast, session: OpenSession, now: datetime) -> None:
    Person.objects.filter(pk=cast.ada.pk).update(is_active=False)
    assert behind(cast, session, now) is None


def test_an_ended_an_unknown_and_a_foreign_session_are_nobody(
    cast: Cast, session: OpenSession, now: datetime
) -> None:
    stamp = cast.ada.get_session_auth_hash()
    assert pages.actor_of_session(open_session(cast.eve, now).pk, stamp, now) is None
    for number in (0, 999_999, 2**70):
        assert pages.actor_of_session(number, stamp, now) is None
    assert pages.actor_of_session(session.pk, "", now) is None
    OpenSession.objects.update(ended_at=now)
    assert behind(cast, session, now) is None


def test_a_session_says_where_it_is_every_five_minutes_and_not_on_every_page(
    cast: Cast, session: OpenSession, now: datetime
) -> None:
    for minutes, seen in ((4, 0), (5, 5), (9, 5), (10, 10)):
        assert behind(cast, session, now + minutes * MINUTE) == cast.ada.pk
        session.refresh_from_db()
        assert session.seen_at == now + seen * MINUTE


def test_the_card_in_the_corner_says_who_is_signed_in(cast: Cast) -> None:
    """ACC-3."""
    card = pages.person_card(find.actor_of(cast.ada, door=Door.PORTAL))
    assert (card.customer_id, card.full_name, card.role) == ("ab12345-lk", "Ada Lemoine", Role.SUBSCRIBER)
    assert card.organisation == "Atelier Lumen"
