"""Which links live side by side, and which replace each other."""

from datetime import datetime

import pytest

from linekey.domain.errors import LinkNotValid
from linekey.domain.recovery import Purpose
from linekey.records import tickets
from tests.build import Cast


def works(digest: str, purpose: Purpose, now: datetime) -> bool:
    try:
        tickets.valid(digest, purpose, now=now)
    except LinkNotValid:
        return False
    return True


@pytest.mark.parametrize("purpose", Purpose)
def test_what_anybody_can_ask_for_ends_nothing_its_owner_holds(
    cast: Cast, now: datetime, purpose: Purpose
) -> None:
    """A link to a line is sent by its owner or a desk: the newest alone works."""
    for name in "abc":
        tickets.issue(name, purpose, person=cast.ada, plan=name, now=now)
    alive = [name for name in "abc" if works(name, purpose, now)]
    assert alive == (["c"] if purpose is Purpose.REVEAL else ["a", "b", "c"])


@pytest.mark.parametrize("purpose", Purpose)
def test_a_mail_which_is_tried_again_brings_one_link(cast: Cast, now: datetime, purpose: Purpose) -> None:
    for name in "ab":
        tickets.issue(name, purpose, person=cast.ada, plan="one", now=now)
    assert not works("a", purpose, now) and works("b", purpose, now)


def test_links_of_other_people_purposes_and_services_are_left_alone(cast: Cast, now: datetime) -> None:
    tickets.issue("eves", Purpose.REVEAL, person=cast.eve, service=cast.eves_line, plan="one", now=now)
    tickets.issue("lines", Purpose.REVEAL, person=cast.ada, service=cast.line, plan="one", now=now)
    tickets.issue("recovers", Purpose.RECOVER, person=cast.ada, plan="one", now=now)
    tickets.issue("accesses", Purpose.REVEAL, person=cast.ada, service=cast.access, plan="one", now=now)
    assert works("recovers", Purpose.RECOVER, now)
    assert all(works(digest, Purpose.REVEAL, now) for digest in ("eves", "lines", "accesses"))


def test_the_links_of_a_service_or_of_a_person_die_together(cast: Cast, now: datetime) -> None:
    tickets.issue("lines", Purpose.REVEAL, person=cast.ada, service=cast.line, now=now)
    tickets.issue("recovers", Purpose.RECOVER, person=cast.ada, now=now)
    tickets.issue("eves", Purpose.RECOVER, person=cast.eve, now=now)
    tickets.void_for(cast.line, now=now)
    assert not works("lines", Purpose.REVEAL, now) and works("recovers", Purpose.RECOVER, now)
    tickets.void_all(cast.ada, now=now)
    assert not works("recovers", Purpose.RECOVER, now) and works("eves", Purpose.RECOVER, now)
