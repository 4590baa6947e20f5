"""Tables written from the code say what the code says."""

import pytest

from tests.docs.pages import text_of
from tests.docs.tables import TABLES, written


@pytest.mark.parametrize("name", TABLES)
def test_a_table_written_from_the_code_is_up_to_date(name: str) -> None:
    page, _ = TABLES[name]
    assert text_of(page) == written(name), "run `python -m tests.docs` and read what changed"
