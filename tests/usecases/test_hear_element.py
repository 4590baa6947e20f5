"""What elements tell by themselves: counted once, by line and by source, and never more than we keep."""

from datetime import datetime, timedelta

import pytest

from linekey.domain.hearing import ElementEvent, Heard
from linekey.records.models import FailedLogin
from linekey.usecases import hear_element
from tests.build import REGISTRAR, Cast

pytestmark = pytest.mark.django_db(transaction=True)


def refused(
    number: int, at: datetime, name: str, source: str = "203.0.113.9:5060", agent: str = ""
) -> ElementEvent:
    return ElementEvent(number, at, Heard.REFUSED, name, source=source, agent=agent)


def test_guesses_at_a_line_are_counted_by_source_and_hour(cast: Cast, now: datetime) -> None:
    name = f"{cast.licence.sip.username}@{cast.licence.sip.realm}"
    hour = now.replace(minute=5)
    events = [
        refused(1, hour, name, "203.0.113.9"),
        refused(2, hour + timedelta(minutes=1), name, "203.0.113.9", "friendly-scanner"),
        refused(3, hour + timedelta(minutes=1), name, "203.0.113.10"),
        refused(4, hour + timedelta(hours=1), name, "203.0.113.9"),
    ]
    assert hear_element.hear(element=REGISTRAR, events=events, after=0, now=now)
    rows = FailedLogin.objects.filter(service=cast.licence).order_by("hour", "source")
    assert [(row.source, row.count) for row in rows] == [
        ("203.0.113.10", 1),
        ("203.0.113.9", 2),
        ("203.0.113.9", 1),
    ]
    assert rows[1].agent == "friendly-scanner"


def test_an_access_is_known_by_its_login(cast: Cast, now: datetime) -> None:
    element = cast.access.ppp.element
    hear_element.hear(element=element, events=[refused(1, now, cast.access.ppp.login)], after=0, now=now)
    assert FailedLogin.objects.get().service == cast.access


def test_names_that_are_nobody_s_share_one_row_however_many_a_stranger_tries(
    cast: Cast, now: datetime
) -> None:
    names = ["root", "a\0b", "x" * 4000, f"{cast.licence.sip.username}@elsewhere", "100@sip"]
    events = [refused(number, now, name) for number, name in enumerate(names, 1)]
    hear_element.hear(element=REGISTRAR, events=events, after=0, now=now)
    row = FailedLogin.objects.get()
    assert (row.name, row.service, row.count) == ("", None, len(names))


def test_a_stranger_s_words_are_cut_short_and_made_inert(cast: Cast, now: datetime) -> None:
    event = refused(1, now, "root", source="s" * 300, agent="\x1b[31m" + "a" * 300 + "\n")
    hear_element.hear(element=REGISTRAR, events=[event], after=0, now=now)
    row = FailedLogin.objects.get()
    assert len(row.source) == hear_element.SOURCE and len(row.agent) == hear_element.AGENT
    assert "\x1b" not in row.agent


def test_what_another_worker_heard_first_counts_once(cast: Cast, now: datetime) -> None:
    events = [refused(1, now, "root")]
    assert hear_element.hear(element=REGISTRAR, events=events, after=0, now=now)
    assert not hear_element.hear(element=REGISTRAR, events=events, after=0, now=now)
    assert FailedLogin.objects.get().count == 1
    assert hear_element.heard_so_far(element=REGISTRAR) == 1


def test_silence_changes_nothing(now: datetime) -> None:
    assert hear_element.heard_so_far(element=REGISTRAR) == 0
    assert hear_element.hear(element=REGISTRAR, events=[], after=0, now=now)
    assert hear_element.heard_so_far(element=REGISTRAR) == 0


def test_a_rotation_nobody_knows_is_no_rotation_of_ours(cast: Cast, now: datetime) -> None:
    used = ElementEvent(1, now, Heard.USED, "root", rotation="0" * 32)
    assert hear_element.hear(element=REGISTRAR, events=[used], after=0, now=now)
