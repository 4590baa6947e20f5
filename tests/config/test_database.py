"""What an address of a database may say."""

import pytest

from linekey.config.database import database
from linekey.config.env import BadSetting

ADDRESS = "postgresql://desk:secret@db.test:5433/linekey"


def test_statements_that_come_often_are_prepared_unless_the_address_says_otherwise() -> None:
    told = {
        query: database(f"{ADDRESS}{query}")["OPTIONS"]["prepare_threshold"]
        for query in ("", "?prepare_threshold=20", "?prepare_threshold=none")
    }
    assert list(told.values()) == [5, 20, None]


@pytest.mark.parametrize("wrong", ["mysql://db.test/linekey", f"{ADDRESS}?prepare_threshold=often"])
def test_what_makes_no_sense_is_said_in_one_sentence(wrong: str) -> None:
    with pytest.raises(BadSetting, match="LINEKEY_DATABASE_URL"):
        database(wrong)


def test_a_primary_that_fell_silent_is_given_up_within_seconds_and_the_address_may_say_how_many() -> None:
    options = database(f"{ADDRESS}?connect_timeout=2")["OPTIONS"]
    assert options["connect_timeout"] == "2"
    assert options["target_session_attrs"] == "read-write"
