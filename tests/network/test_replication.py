"""Copies at other sites: what every element promises of them, and two real ones which PostgreSQL keeps."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import create_engine

from linekey.domain.copies import SiteCopy
from linekey.domain.secret import Secret
from linekey.network import replication
from linekey.network.fakes import FakeAccessServer, FakeRegistrar
from linekey.network.freeradius import FreeRadius
from linekey.network.kamailio import Kamailio
from linekey.network.ports import AccessEntry, ElementEvent, Heard, Telling, Unreachable
from linekey.network.store import open_store
from tests.lab.elements import KamailioInLab
from tests.lab.product import eventually
from tests.lab.sites import Sites
from tests.network.test_registrar import ADA, EVE, entry, graced, told_by


@dataclass
class AtWork:
    element: Telling
    write: Callable[[str], None]
    """A new password."""
    away: Callable[[str], None]
    back: Callable[[str], None]

    def told_of(self, site: str) -> SiteCopy:
        [copy] = [copy for copy in self.element.copies() if copy.site == site]
        return copy

    def has_all(self, site: str) -> bool:
        copy = self.told_of(site)
        return copy.connected and copy.reached == copy.written


@pytest.fixture(
    params=[
        "fake registrar",
        "fake access server",
        pytest.param("lines", marks=pytest.mark.real),
        pytest.param("accesses", marks=pytest.mark.real),
    ]
)
def at_work(request: pytest.FixtureRequest) -> AtWork:
    if request.param.startswith("fake"):
        fake = FakeRegistrar() if request.param == "fake registrar" else FakeAccessServer()
        fake.copy_to("paris")
        fake.copy_to("lyon")
        return AtWork(fake, _writing(fake), fake.away.add, fake.away.discard)
    sites: Sites = request.getfixturevalue("sites")
    element = request.getfixturevalue(request.param)
    part = request.param
    return AtWork(
        element, _writing(element), lambda site: sites.away(site, part), lambda site: sites.back(site, part)
    )


def _writing(element: Telling) -> Callable[[str], None]:
    def write(password: str) -> None:
        if isinstance(element, Kamailio | FakeRegistrar):
            element.push([entry(EVE, password)])
        if isinstance(element, FreeRadius | FakeAccessServer):
            element.push([AccessEntry("eve@isp.test", Secret(password))])

    return write


def test_each_site_is_told_by_its_name_and_has_what_was_written(at_work: AtWork) -> None:
    at_work.write("one")
    eventually(lambda: at_work.has_all("lyon") and at_work.has_all("paris"))
    assert [copy.site for copy in at_work.element.copies()] == ["lyon", "paris"]
    assert not any(copy.lost for copy in at_work.element.copies())
    lag = at_work.told_of("paris").lag
    assert lag is None or lag < timedelta(seconds=5)


def test_a_site_which_is_away_is_told_so_and_catches_up(at_work: AtWork) -> None:
    eventually(lambda: at_work.has_all("lyon"))
    at_work.away("lyon")
    eventually(lambda: not at_work.told_of("lyon").connected)
    at_work.write("while it was away")
    eventually(lambda: at_work.told_of("lyon").reached < at_work.told_of("lyon").written)
    lacking = at_work.told_of("lyon")
    assert lacking.lag is None
    eventually(lambda: at_work.has_all("paris"))
    at_work.back("lyon")
    eventually(lambda: at_work.has_all("lyon"))
    assert at_work.told_of("lyon").reached > lacking.reached


def test_an_element_without_copies_tells_of_none() -> None:
    assert FakeRegistrar().copies() == []
    for url in ("sqlite:////nowhere/sip.db", "mysql+pymysql://nobody@127.0.0.1:1/none"):
        store = create_engine(url)
        assert replication.copies("kamailio-1", store, replication.LINES, replication.LINE_EVENTS) == []


def test_a_store_that_is_away_is_unreachable() -> None:
    store = open_store("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(Unreachable):
        replication.copies("kamailio-1", store, replication.LINES, replication.LINE_EVENTS)


@pytest.mark.real
def test_a_role_without_rights_learns_who_is_connected_and_not_how_fast(sites: Sites) -> None:
    sites.run("centre", "CREATE ROLE clerk LOGIN")
    sites.allow("clerk")
    store = open_store(sites.at("centre", "clerk"))

    def look() -> list[SiteCopy]:
        return replication.copies("kamailio-1", store, replication.LINES, replication.LINE_EVENTS)

    assert {(copy.site, copy.connected, copy.heard, copy.lag) for copy in look()} == {
        ("lyon", True, True, None),
        ("paris", True, True, None),
    }
    sites.run("centre", "REVOKE SELECT ON pg_replication_slots FROM public")
    assert look() == []
    sites.run("centre", "GRANT SELECT ON pg_replication_slots TO public")
    store.dispose()


@pytest.mark.real
def test_a_site_which_was_away_for_too_long_is_told_so_and_copied_anew(
    sites: Sites, accesses: FreeRadius
) -> None:
    """In the words of docs/howto/replicate-to-sites.md."""

    def lyon() -> SiteCopy:
        return next(copy for copy in accesses.copies() if copy.site == "lyon")

    sites.away("lyon", "accesses")
    eventually(lambda: not lyon().connected)
    for number in range(4):
        accesses.push([AccessEntry("ada@isp.test", Secret(f"while away {number}"))])
        sites.run("centre", "SELECT pg_switch_wal()")
    # Each segment has 16 MB, as much as is kept from now on. What others need is nearer.
    others = """
        SELECT slot_name FROM pg_replication_slots
        WHERE slot_name <> 'linekey_accesses_lyon' AND pg_current_wal_lsn() - restart_lsn > 16000000
    """
    eventually(lambda: not sites.run("centre", "CHECKPOINT") and not sites.run("centre", others))
    sites.run("centre", "ALTER SYSTEM SET max_slot_wal_keep_size = '16MB'")
    sites.run("centre", "SELECT pg_reload_conf()")
    eventually(lambda: not sites.run("centre", "CHECKPOINT") and lyon().lost)
    assert not lyon().connected
    sites.run("lyon", "ALTER SUBSCRIPTION linekey_accesses SET (slot_name = NONE)")
    sites.run("lyon", "DROP SUBSCRIPTION linekey_accesses")
    sites.run("lyon", "TRUNCATE radcheck, radreply")
    sites.run("centre", "SELECT pg_drop_replication_slot('linekey_accesses_lyon')")
    sites.replicate("accesses", "lyon")
    held = "SELECT value FROM radcheck WHERE username = 'ada@isp.test'"
    eventually(lambda: sites.run("lyon", held) == sites.run("centre", held))
    assert lyon().connected and not lyon().lost
    sites.run("centre", "ALTER SYSTEM RESET max_slot_wal_keep_size")
    sites.run("centre", "SELECT pg_reload_conf()")


@pytest.mark.real
def test_a_site_whose_events_nobody_fetches_is_told_so(sites: Sites, lines: Kamailio) -> None:
    def heard(site: str) -> bool | None:
        return {copy.site: copy.heard for copy in lines.copies()}[site]

    sites.run("centre", "ALTER SUBSCRIPTION linekey_events_lyon DISABLE")
    eventually(lambda: heard("lyon") is False)
    assert heard("paris") is True
    sites.run("centre", "ALTER SUBSCRIPTION linekey_events_lyon ENABLE")
    eventually(lambda: heard("lyon"))


@pytest.mark.real
def test_a_phone_at_a_site_is_let_in_by_what_was_written_at_the_centre(
    sites: Sites, lines: Kamailio, paris: KamailioInLab
) -> None:
    def digests(site: str) -> list[tuple[object, ...]]:
        return sites.run(site, "SELECT ha1 FROM subscriber WHERE username = 'ada'")

    for password in ("first", "second"):
        new = entry(ADA, password)
        lines.push([new])
        eventually(lambda: digests("paris") == digests("lyon") == [(new.ha1.reveal(),)])  # noqa: B023 - at once
        assert paris.register(ADA, password) == 200
    assert paris.register(ADA, "first") == 401
    assert lines.drop(ADA) == 2
    lines.retire([ADA])
    eventually(lambda: not digests("paris") and not digests("lyon"))
    assert paris.register(ADA, "second") == 401


@pytest.mark.real
def test_the_first_use_at_one_site_ends_the_old_password_there_and_once_linekey_heard_it_everywhere(
    sites: Sites, lines: Kamailio, paris: KamailioInLab
) -> None:
    rotation = "usedinparis"
    lines.push([graced(ADA, "new", "old", rotation)])

    def kept(site: str) -> bool:
        return bool(sites.run(site, "SELECT 1 FROM subscriber_previous WHERE rotation = 'usedinparis'"))

    eventually(lambda: kept("paris") and kept("lyon"))
    assert [paris.register(ADA, each) for each in ("old", "new", "old")] == [200, 200, 401]
    eventually(lambda: (Heard.USED, rotation) in [(event.what, event.rotation) for event in told_by(lines)])
    # Lyon has not been told: the old one still opens there.
    assert kept("lyon")
    lines.release([rotation])
    eventually(lambda: not kept("lyon") and not kept("paris"))


@pytest.mark.real
def test_events_of_two_sites_are_heard_once_and_in_order(sites: Sites, lines: Kamailio) -> None:
    def heard() -> list[ElementEvent]:
        return [event for event in told_by(lines) if event.name == "eve@site"]

    tell = """
        INSERT INTO linekey_event (at, what, username, domain, rotation, source, agent)
        VALUES ({at}, '{what}', 'eve', 'site', '{rotation}', '{site}', '')
    """
    now = time.time()
    for site in ("paris", "lyon"):
        # The same rotation, used for the first time at both before either was told.
        sites.run(site, tell.format(at=now, what="used", rotation="atboth", site=site))
        sites.run(site, tell.format(at=now + 1, what="refused", rotation="", site=site))
    eventually(lambda: len(heard()) == 3)
    events = heard()
    assert sorted(event.what for event in events) == [Heard.REFUSED, Heard.REFUSED, Heard.USED]
    assert [event.number for event in events] == sorted({event.number for event in events})
    # Copied anew, as after a site was away for too long: it tells everything again.
    sites.run("paris", "ALTER PUBLICATION linekey_events DROP TABLE linekey_event")
    sites.run("centre", "ALTER SUBSCRIPTION linekey_events_paris REFRESH PUBLICATION")
    columns = "at, what, username, domain, rotation, source, agent"
    sites.run("paris", f"ALTER PUBLICATION linekey_events ADD TABLE linekey_event ({columns})")
    sites.run("centre", "ALTER SUBSCRIPTION linekey_events_paris REFRESH PUBLICATION")
    sites.run("paris", tell.format(at=now + 2, what="refused", rotation="", site="paris"))
    eventually(lambda: len(heard()) == 4)
    assert heard()[:3] == events


@pytest.mark.real
def test_a_session_told_at_two_sites_is_one_session(sites: Sites, accesses: FreeRadius) -> None:
    begun = """
        INSERT INTO radacct (acctsessionid, acctuniqueid, username, nasipaddress, acctstarttime)
        VALUES ('1', 'moved', 'ada@isp.test', '192.0.2.1', now())
    """
    sites.run("paris", begun)
    eventually(lambda: accesses.sessions("ada@isp.test"))
    sites.run("lyon", begun)
    sites.run("lyon", "UPDATE radacct SET acctstoptime = now() WHERE acctuniqueid = 'moved'")
    eventually(lambda: not accesses.sessions("ada@isp.test"))
    assert sites.run("centre", "SELECT count(*) FROM radacct") == [(1,)]
