"""What Linekey reads in an existing `radcheck` is what a real FreeRADIUS lets in by."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, insert

from linekey.domain.imported import Found, Reason, Unfit
from linekey.domain.imported_rows import held_by_login
from linekey.domain.secret import Secret
from linekey.network.existing_radius import as_read, logins
from linekey.network.freeradius import RADCHECK
from linekey.network.radcheck import as_written
from tests.lab.elements import FreeRadiusInLab
from tests.lab.radius_client import Protocol

NAME = "existing@isp.test"
PROTOCOLS: tuple[Protocol, ...] = ("pap", "chap")
VALUES = [
    "plain",
    "with space",
    '"in quotes"',
    "'in quotes'",
    '"',
    "a\\\\b",
    'say \\"yes\\"',
    "tab\\tthere",
    "half'quote",
    '"end',
    "100%",
    "%{User-Name}",
    "é😀",
    "$2y$10$abc",
    "a'b'c",
]
DOUBTFUL = ["\\x41", "end\\", '"a\\"b"', "'a\\'b'", '"a"b"', "\\101"]


@pytest.fixture(params=["freeradius", "freeradius_on_postgresql"])
def server(request: pytest.FixtureRequest) -> Iterator[FreeRadiusInLab]:
    element: FreeRadiusInLab = request.getfixturevalue(request.param)
    yield element
    with element.store.begin() as connection:
        connection.execute(delete(RADCHECK).where(RADCHECK.c.username == NAME))


def holding(server: FreeRadiusInLab, *rows: tuple[str, str, str]) -> Found:
    """What the reader makes of these rows of one name."""
    with server.store.begin() as connection:
        connection.execute(delete(RADCHECK).where(RADCHECK.c.username == NAME))
        given = [dict(zip(("attribute", "op", "value"), row, strict=True)) for row in rows]
        connection.execute(insert(RADCHECK), [{"username": NAME} | row for row in given])
    [found] = [each for batch in logins(server.store, 2) for each in batch if each.name == NAME]
    return found


@pytest.mark.real
def test_what_is_read_opens_the_door_whatever_the_quotes(server: FreeRadiusInLab) -> None:
    wrong = []
    for value in VALUES:
        held = held_by_login(holding(server, ("Cleartext-Password", ":=", value)).checks)
        assert held.clear is not None
        if not all(server.login(NAME, held.clear.reveal(), how) for how in PROTOCOLS):
            wrong.append(value)
    assert wrong == []


@pytest.mark.real
@pytest.mark.parametrize("op", [":=", "=", "+=", "==", "", "!="])
def test_an_operator_is_taken_only_where_the_server_takes_it(server: FreeRadiusInLab, op: str) -> None:
    found = holding(server, ("Cleartext-Password", op, "secret"))
    try:
        taken = held_by_login(found.checks).clear is not None
    except Unfit as unfit:
        assert unfit.reason is Reason.COMPARED
        taken = False
    assert (server.login(NAME, "secret", "pap") is True) is taken


@pytest.mark.parametrize("value", DOUBTFUL)
def test_a_value_open_to_doubt_is_not_guessed(value: str) -> None:
    with pytest.raises(Unfit) as unfit:
        as_read(value)
    assert unfit.value.reason is Reason.ESCAPED


def test_a_value_which_freeradius_would_run_is_refused() -> None:
    with pytest.raises(Unfit) as unfit:
        as_read("`id`")
    assert unfit.value.reason is Reason.EXPANDED


@given(st.text(max_size=40))
def test_what_linekey_writes_it_reads_back_or_leaves(password: str) -> None:
    try:
        assert as_read(as_written(Secret(password))) == password
    except Unfit as unfit:
        assert unfit.reason is Reason.ESCAPED and "\\" in as_written(Secret(password))
