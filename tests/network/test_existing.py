"""An existing `subscriber` is read as it stands, some rows at a time, by a connection that cannot write."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from linekey.domain.secret import Secret
from linekey.network import existing
from linekey.network.existing import said
from linekey.network.store import open_store
from linekey.worker.elements import ElementSettings

REALM = "existing.test"


@pytest.fixture(
    params=["element_settings", pytest.param("element_settings_on_postgresql", marks=pytest.mark.real)]
)
def store(request: pytest.FixtureRequest) -> Iterator[Engine]:
    settings: ElementSettings = request.getfixturevalue(request.param)
    engine = open_store(settings.store("sip"))
    insert = text("INSERT INTO subscriber (username, domain, ha1, ha1b) VALUES (:name, :realm, :ha1, :ha1)")
    with engine.begin() as connection:
        rows = [{"name": f"user{number}", "realm": REALM, "ha1": f"{number:032}"} for number in range(5)]
        connection.execute(insert, rows)
    yield engine
    with engine.begin() as connection:
        connection.execute(text(f"DELETE FROM subscriber WHERE domain = '{REALM}'"))  # noqa: S608
    engine.dispose()


def test_every_row_is_read_once_in_batches(store: Engine) -> None:
    batches = list(existing.lines(store, 2))
    found = [each for batch in batches for each in batch if each.realm == REALM]
    assert [each.name for each in found] == [f"user{number}" for number in range(5)]
    assert all(len(batch) <= 2 for batch in batches)
    assert sum(map(len, batches)) == existing.how_many_lines(store)
    assert found[3].columns is not None and found[3].columns.ha1 == Secret(f"{3:032}")


def test_nothing_can_be_written_meanwhile(store: Engine) -> None:
    with store.connect() as other, existing.reading(store) as connection:
        with pytest.raises(SQLAlchemyError):
            connection.execute(text("DELETE FROM subscriber"))
        assert other.execute(text("SELECT COUNT(*) FROM subscriber")).scalar_one() >= 5


def test_a_column_is_text_whatever_the_database_holds() -> None:
    held = (None, 7, b"ad\xc3\xa0", b"\xff", "ada")
    assert [said(value) for value in held] == ["", "7", "adà", "\udcff", "ada"]
