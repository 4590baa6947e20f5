"""Customer IDs are drawn, and keep the suffix of their operator."""

from linekey.domain import customer_ids
from linekey.domain.identifiers import is_customer_id, read


def test_what_is_drawn_is_a_customer_id_that_signs_in() -> None:
    drawn = {customer_ids.draw("lk") for _ in range(500)}
    assert len(drawn) > 490  # One of 50 million each.
    assert all(is_customer_id(each, "lk") and read(each).customer_id == each for each in drawn)


def test_the_suffix_is_what_stands_behind_the_last_dash() -> None:
    assert customer_ids.suffix_of("ab12345-lk") == "lk"
