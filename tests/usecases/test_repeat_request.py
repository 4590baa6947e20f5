"""A request that is sent twice is done once, for whoever sent it and under its own name."""

from datetime import datetime, timedelta

import pytest

from linekey.domain.errors import CaseOver
from linekey.usecases.repeat_request import once
from tests.build import Cast, actor


def test_what_was_done_is_not_done_twice_within_a_day(cast: Cast, now: datetime) -> None:
    done: list[str] = []
    for who, name, then in (
        (cast.dina, "a", now),
        (cast.dina, "a", now),
        (cast.dina, "b", now),
        (cast.olivia, "a", now),
        (cast.dina, "a", now + timedelta(days=1)),
    ):
        once(actor=actor(who), operation=name, act=lambda: done.append("x"), now=then)
    assert len(done) == 4


def test_what_was_refused_may_be_tried_again(cast: Cast, now: datetime) -> None:
    def refuse() -> None:
        raise CaseOver()

    for _ in range(2):
        with pytest.raises(CaseOver):
            once(actor=actor(cast.dina), operation="a", act=refuse, now=now)
