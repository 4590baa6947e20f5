"""A line is found by the address its phone was last seen at, and keeps it when the phone is gone (CTX-1)."""

from datetime import datetime, timedelta

import pytest

from linekey.enact.sight import keep_address
from linekey.network.ports import Registration
from linekey.records import pages
from linekey.records.search_words import Filters
from tests.build import Cast, actor


def seen(received_from: str, at: datetime | None) -> Registration:
    return Registration(f"sip:x@{received_from}", "Phone", received_from, at, 3600)


@pytest.mark.parametrize(
    ("received_from", "address"),
    [("192.0.2.7:5060", "192.0.2.7"), ("[2001:db8::7]:5060", "2001:db8::7"), ("2001:db8::7", "2001:db8::7")],
)
def test_a_line_is_found_by_where_it_was_last_seen(
    cast: Cast, now: datetime, received_from: str, address: str
) -> None:
    keep_address(cast.line, [seen("203.0.113.9:5060", now), seen(received_from, now + timedelta(seconds=1))])
    cast.line.refresh_from_db()
    assert cast.line.address == address
    found = pages.services(actor(cast.chen), Filters(address=address))
    assert [row.reference for row in found] == [cast.line.reference]


def test_a_phone_that_is_gone_or_tells_nothing_leaves_the_address(cast: Cast, now: datetime) -> None:
    keep_address(cast.line, [])
    keep_address(cast.line, [seen("", None)])
    keep_address(cast.line, [seen(f"{cast.line.address}:5060", now)])
    cast.line.refresh_from_db()
    assert cast.line.address == "198.51.100.20"
