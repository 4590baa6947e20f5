"""Two passwords at once on Kamailio: what strangers, outages, restarts and hostile names do to it."""

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Connection, make_url, text

from linekey.network.ports import Heard, SipAddress
from linekey.network.store import open_store
from linekey.worker import elements
from tests.lab.elements import REALM, KamailioInLab
from tests.network.test_outage import without
from tests.network.test_registrar import ADA, EVE, entry, graced, told_by

pytestmark = pytest.mark.real

BOTH = ["kamailio", "kamailio_on_postgresql"]


@pytest.fixture(params=BOTH)
def real(request: pytest.FixtureRequest) -> Iterator[KamailioInLab]:
    element: KamailioInLab = request.getfixturevalue(request.param)
    element.forget_refusals()
    yield element
    for line in (ADA, EVE):
        element.registrar.drop(line)
    element.registrar.retire([ADA, EVE])


@contextmanager
def events_of(real: KamailioInLab) -> Iterator[Connection]:
    store = open_store(real.settings.events_store)
    with store.begin() as connection:
        yield connection
    store.dispose()


def newest(real: KamailioInLab) -> int:
    events = told_by(real.registrar)
    return events[-1].number if events else 0


def test_a_phone_which_names_itself_user_at_domain_is_in_grace_too(real: KamailioInLab) -> None:
    after, rotation = newest(real), uuid4().hex
    old = entry(ADA, "old")
    both = graced(ADA, "new", "old", rotation)
    assert both.grace is not None
    real.registrar.push([replace(both, grace=replace(both.grace, ha1b=old.ha1b))])
    phone = real.handmade(ADA, user=ADA.aor)
    assert [phone.register(each) for each in ("old", "new", "old")] == [200, 200, 401]
    told = told_by(real.registrar, after)
    assert [event.what for event in told] == [Heard.OLD, Heard.USED, Heard.REFUSED]
    assert {event.name for event in told} == {ADA.aor}


def test_the_old_password_is_refused_after_a_restart_when_the_new_one_was_used_before_it(
    real: KamailioInLab,
) -> None:
    real.registrar.push([graced(ADA, "new", "old")])
    assert real.register(ADA, "new") == 200
    real.stop()
    real.start()
    assert real.register(ADA, "old") == 401
    assert real.register(ADA, "new") == 200


def test_pushing_a_used_rotation_again_does_not_bring_the_old_password_back(real: KamailioInLab) -> None:
    again = graced(ADA, "new", "old")
    real.registrar.push([again])
    assert real.register(ADA, "new") == 200
    real.registrar.push([again])
    assert real.register(ADA, "old") == 401


def test_a_nonce_used_with_the_new_password_does_not_help_the_old_one(real: KamailioInLab) -> None:
    real.registrar.push([graced(ADA, "new", "old")])
    phone = real.handmade(ADA)
    assert phone.register("old") == 200
    # The same nonce for both passwords: with nonce_count the second of two checks would be a replay.
    assert [phone.answer(each) for each in ("old", "new", "old", "new")] == [200, 200, 401, 200]


def test_one_use_by_any_worker_counts_for_all_of_them(real: KamailioInLab) -> None:
    real.registrar.push([graced(ADA, "new", "old")])
    phones = [real.handmade(ADA) for _ in range(8)]
    assert {phone.register("old") for phone in phones} == {200}
    assert phones[0].answer("new") == 200
    assert [phone.answer("old") for phone in phones[1:6]] == [401] * 5


def test_a_store_broken_in_half_is_service_unavailable_in_grace(real: KamailioInLab) -> None:
    real.registrar.push([graced(ADA, "new", "old")])
    with without(real.store, "subscriber"):
        assert real.register(ADA, "old") == 503
    with real.store.begin() as connection:
        connection.execute(text("DROP VIEW subscriber_previous"))
    assert real.register(ADA, "old") == 503
    elements.prepare(real.settings)
    assert real.register(ADA, "old") == 200


def test_without_its_events_a_registrar_neither_retires_nor_trusts_an_old_password(
    real: KamailioInLab,
) -> None:
    real.registrar.push([graced(ADA, "new", "old"), entry(EVE, "hers")])
    store = open_store(real.settings.events_store)
    with without(store, "linekey_event"):
        assert real.registrar.events(0, 10) == []
        assert not real.registrar.takes_grace()
        assert real.register(ADA, "old") == 503
        assert real.register(ADA, "new") == 503
        # Whoever is in no rotation does not notice.
        assert real.register(EVE, "hers") == 200
        assert real.register(EVE, "wrong") == 401
    store.dispose()
    assert [real.register(ADA, each) for each in ("old", "new", "old")] == [200, 200, 401]


def test_events_locked_for_a_moment_are_written_all_the_same(kamailio: KamailioInLab) -> None:
    kamailio.registrar.push([graced(ADA, "new", "old")])
    phone = kamailio.handmade(ADA)
    assert phone.register("old") == 200
    path = make_url(kamailio.settings.events_store).database or ""
    with closing(sqlite3.connect(path)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        # Two seconds are waited for the lock; then the phone is told to come back, and nothing is lost.
        assert phone.answer("new") == 503
        holder.rollback()
    assert [phone.answer(each) for each in ("new", "old")] == [200, 401]
    kamailio.registrar.retire([ADA])


# A nonce is the same for everybody within a second: the same wrong password is then the same guess.
def wrong() -> str:
    return f"wrong {uuid4().hex}"


HOSTILE = [
    b"'); DROP TABLE linekey_event; --",
    b"x'; DELETE FROM linekey_event; --$si$$avp(rotation)%s%n",
    b'\\ "quoted" `id` \\',
    "Téléphone de Renée ☎".encode(),
    b"",
]


@pytest.mark.parametrize("agent", HOSTILE)
def test_what_a_phone_calls_itself_is_told_as_it_was_sent(real: KamailioInLab, agent: bytes) -> None:
    after = newest(real)
    real.registrar.push([graced(ADA, "new", "old")])
    phone = real.handmade(ADA, agent)
    assert [phone.register(each) for each in (wrong(), "new", "old")] == [401, 200, 401]
    told = told_by(real.registrar, after)
    assert [event.what for event in told] == [Heard.REFUSED, Heard.USED, Heard.REFUSED]
    assert {event.agent for event in told} == {agent.decode(errors="replace").strip()}


def test_a_name_which_is_no_text_at_all_is_told_and_keeps_no_phone_out(real: KamailioInLab) -> None:
    after = newest(real)
    real.registrar.push([entry(ADA, "pw")])
    phone = real.handmade(ADA, b'\xff\xfe \x01 "\\')
    assert [phone.register(each) for each in (wrong(), "pw")] == [401, 200]
    [told] = told_by(real.registrar, after)
    [seen] = real.registrar.registrations(ADA)
    # PostgreSQL would not take it, and the registration with it.
    assert seen.user_agent in (told.agent, "")
    assert told.agent == '\ufffd\ufffd \x01 "\\'
    assert real.registrar.drop(ADA) == 1


def test_a_hostile_user_name_is_told_as_it_was_sent_and_cut_short(real: KamailioInLab) -> None:
    after = newest(real)
    names = ["x'); DROP TABLE linekey_event; --", "é" * 200, "$avp(x)"]
    for name in names:
        phone = real.handmade(SipAddress("nobody", REALM), user=name)
        assert phone.register(wrong()) == 401
    told = told_by(real.registrar, after)
    assert [event.name for event in told] == [f"{name[:70]}@{REALM}" for name in names]


def test_an_agent_of_any_length_is_cut_short(real: KamailioInLab) -> None:
    after = newest(real)
    assert real.handmade(ADA, b"A" * 5000).register(wrong()) == 401
    assert [event.agent for event in told_by(real.registrar, after)] == ["A" * 140]


def test_a_phone_which_repeats_its_wrong_answer_is_told_once(real: KamailioInLab) -> None:
    real.registrar.push([entry(ADA, "pw")])
    after = newest(real)
    phone = real.handmade(ADA)
    assert phone.register("wrong") == 401
    assert {phone.answer("wrong") for _ in range(4)} == {401}
    assert len(told_by(real.registrar, after)) == 1


def test_guesses_are_told_only_so_often_whatever_the_line_they_are_for(real: KamailioInLab) -> None:
    real.registrar.push([entry(ADA, "pw")])
    after = newest(real)
    phone = real.handmade(ADA)
    guesses = [phone.register(wrong())] + [phone.answer(f"guess {number}") for number in range(9)]
    assert guesses == [401] * 5 + [403] * 5
    assert len(told_by(real.registrar, after)) == 5
    for number in range(40):
        assert real.handmade(SipAddress(f"victim{number}", REALM)).register(wrong()) == 401
    assert len(told_by(real.registrar, after)) == 30


def test_events_of_last_month_are_forgotten_and_new_ones_kept(real: KamailioInLab) -> None:
    real.registrar.push([graced(ADA, "new", "old")])
    assert real.register(ADA, "new") == 200
    months = text(
        "INSERT INTO linekey_event (at, what, username, domain, rotation, source, agent) "
        "VALUES (:at, 'used', :name, 'd', :rotation, 's', :name)"
    )
    with events_of(real) as connection:
        connection.execute(months, {"at": 1.0, "name": b"ancient", "rotation": uuid4().hex})
    real.stop()
    real.start()
    # One worker sees to it while the others answer already.
    assert elements.wait_until_answering(
        lambda: "ancient@d" not in [event.name for event in told_by(real.registrar)]
    )
    assert ADA.aor in [event.name for event in told_by(real.registrar)]


def test_a_log_made_anew_goes_on_above_the_one_that_was_lost(kamailio: KamailioInLab, tmp_path: Path) -> None:
    kamailio.handmade(ADA).register(wrong())
    settings = replace(kamailio.settings, home=tmp_path)
    elements.prepare(settings)
    with closing(sqlite3.connect(make_url(settings.events_store).database or "")) as anew:
        [seed] = anew.execute("SELECT seq FROM sqlite_sequence WHERE name = 'linekey_event'").fetchone()
    assert seed > newest(kamailio) - 1000


def test_on_postgresql_no_event_appears_behind_one_that_was_heard(
    kamailio_on_postgresql: KamailioInLab,
) -> None:
    after = newest(kamailio_on_postgresql)
    slow = text(
        "INSERT INTO linekey_event (at, what, username, domain, source, agent) "
        "VALUES (1e9, 'refused', 'slow', 'd', 's', '')"
    )
    phone = kamailio_on_postgresql.handmade(SipAddress("quick", REALM))
    with events_of(kamailio_on_postgresql) as connection, ThreadPoolExecutor() as pool:
        connection.execute(slow)
        quick = pool.submit(phone.register, wrong())
        # It has its number only when the slow one is there to be read.
        time.sleep(0.1)
        assert not quick.done()
        assert told_by(kamailio_on_postgresql.registrar, after) == []
        connection.commit()
        assert quick.result() == 401
    names = [event.name for event in told_by(kamailio_on_postgresql.registrar, after)]
    assert names == ["slow@d", f"quick@{REALM}"]
