"""Open sessions and known browsers: whose they are, how long one is trusted, what ends with what."""

from datetime import datetime, timedelta

import pytest

from linekey.records import sessions
from linekey.records.models import Device, OpenSession, Person
from linekey.records.sessions import TRUST_LASTS
from tests.build import Cast, visitor

HOME, OFFICE = "a" * 64, "b" * 64
TICK = timedelta(microseconds=1)


def open_session(
    person: Person, now: datetime, browser: str = HOME, *, trust: bool = False, address: str = "198.51.100.7"
) -> OpenSession:
    return sessions.open_session(
        person, visitor(address=address), browser, method="password", trust=trust, now=now
    )


def trusted(person: Person, now: datetime, browser: str = HOME) -> bool:
    return sessions.is_trusted(sessions.known_device(person, browser), now)


def test_a_session_is_written_down_with_its_browser_and_network(cast: Cast, now: datetime) -> None:
    session = open_session(cast.ada, now)
    assert (session.told, session.address, session.network) == ("Firefox", "198.51.100.7", "198.51.100.0/24")
    assert session.opened_at == session.seen_at == session.confirmed_at == now and session.ended_at is None
    device = sessions.known_device(cast.ada, HOME)
    assert device is not None and session.device_id == device.pk and device.first_seen_at == now


def test_the_same_browser_stays_one_row_and_two_people_have_one_each(cast: Cast, now: datetime) -> None:
    later = now + timedelta(days=1)
    open_session(cast.ada, now)
    open_session(cast.ada, later, address="203.0.113.9")
    open_session(cast.eve, later)
    device = sessions.known_device(cast.ada, HOME)
    assert device is not None and Device.objects.count() == 2
    assert (device.first_seen_at, device.last_used_at, device.address) == (now, later, "203.0.113.9")


def test_a_browser_which_ended_while_its_owner_signed_in_is_not_used_again(cast: Cast, now: datetime) -> None:
    open_session(cast.ada, now)
    known = sessions.known_device(cast.ada, HOME)
    assert known is not None
    for ended in (None, now):
        Device.objects.filter(pk=known.pk).update(ended_at=ended)
        session = sessions.open_session(
            cast.ada, visitor(), HOME, method="password", trust=False, now=now, known=known
        )
        assert (session.device_id == known.pk) is (ended is None)


def test_a_browser_is_trusted_by_whoever_trusted_it_alone_and_for_ninety_days(
    cast: Cast, now: datetime
) -> None:
    open_session(cast.ada, now, trust=True)
    open_session(cast.eve, now)
    assert trusted(cast.ada, now + TRUST_LASTS - TICK) and not trusted(cast.ada, now + TRUST_LASTS)
    assert not trusted(cast.eve, now) and not trusted(cast.ada, now, OFFICE) and not trusted(cast.bruno, now)
    assert sessions.known_device(None, HOME) is None and not sessions.is_trusted(None, now)


def test_signing_in_again_leaves_the_trust_and_trusting_again_renews_it(cast: Cast, now: datetime) -> None:
    open_session(cast.ada, now, trust=True)
    open_session(cast.ada, now + timedelta(days=60))
    assert not trusted(cast.ada, now + TRUST_LASTS)
    open_session(cast.ada, now + timedelta(days=60), trust=True)
    assert trusted(cast.ada, now + TRUST_LASTS)


def test_a_network_is_known_to_whoever_signed_in_from_it(cast: Cast, now: datetime) -> None:
    open_session(cast.ada, now)
    assert sessions.knows_network(cast.ada, "198.51.100.250")
    assert not sessions.knows_network(cast.ada, "198.51.101.7")
    assert not sessions.knows_network(cast.eve, "198.51.100.7")


def test_what_a_visitor_says_fits_its_column(cast: Cast, now: datetime) -> None:
    said = visitor(device="x" * 10_000, address="y" * 10_000)
    session = sessions.open_session(cast.ada, said, HOME, method="password", trust=False, now=now)
    assert len(session.told) == 200 and len(session.address) == 45 and session.network == "unknown"


def test_a_proof_renews_one_session(cast: Cast, now: datetime) -> None:
    first, second = open_session(cast.ada, now), open_session(cast.ada, now)
    sessions.confirm(first.pk, now=now + timedelta(hours=1))
    second.refresh_from_db()
    assert OpenSession.objects.get(pk=first.pk).confirmed_at > second.confirmed_at == now


def test_a_session_ends_once(cast: Cast, now: datetime) -> None:
    session = open_session(cast.ada, now)
    for minutes in (1, 2):
        sessions.end(session.pk, now=now + timedelta(minutes=minutes))
    assert OpenSession.objects.get(pk=session.pk).ended_at == now + timedelta(minutes=1)


@pytest.mark.parametrize("keep", ["own", "another's", "none"])
def test_all_others_end_and_their_browsers_are_strangers_again(cast: Cast, now: datetime, keep: str) -> None:
    """TEAM-3: nothing but the session which asked stays, and only if it is one's own."""
    home, office = open_session(cast.ada, now, trust=True), open_session(cast.ada, now, OFFICE, trust=True)
    eves = open_session(cast.eve, now, trust=True)
    kept = {"own": home.pk, "another's": eves.pk, "none": None}[keep]
    sessions.end_others(cast.ada, keep=kept, now=now)
    open_ones = set(OpenSession.objects.filter(ended_at=None).values_list("pk", flat=True))
    assert open_ones == ({home.pk, eves.pk} if keep == "own" else {eves.pk})
    assert (sessions.known_device(cast.ada, HOME) is not None) is (keep == "own")
    assert not trusted(cast.ada, now), "every trust falls, that of the browser which asked too"
    assert trusted(cast.eve, now)
    assert sessions.known_device(cast.ada, OFFICE) is None
    assert office.pk not in open_ones


def test_a_browser_that_was_ended_begins_as_a_new_one(cast: Cast, now: datetime) -> None:
    open_session(cast.ada, now, trust=True)
    sessions.end_others(cast.ada, keep=None, now=now)
    open_session(cast.ada, now)
    assert Device.objects.filter(person=cast.ada).count() == 2 and not trusted(cast.ada, now)
