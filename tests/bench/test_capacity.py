"""The arithmetic of docs/reference/capacity.md, checked by hand where somebody would buy machines by it."""

import pytest

from bench.capacity import SIZES, Habits, Load, Prices, needs


def test_a_million_phones_ask_eleven_hundred_times_a_second_and_six_times_that_after_a_power_cut() -> None:
    load = Load(1_000_000)
    assert load.registers == pytest.approx(1111, rel=0.01)
    assert load.storm / load.registers == pytest.approx(6)


def test_cores_are_never_planned_to_be_full() -> None:
    half_busy = Load(1_000_000, Prices(register_us=100), Habits(storm=100, at_work=0.5))
    # 20,000 REGISTERs a second of 100 µs are two cores at work, four at half.
    assert half_busy.registrar_cores == 4


def test_a_desk_is_never_larger_than_its_shard() -> None:
    largest = Load(100_000_000)
    assert largest.desks == 20
    assert largest.campaign_seconds == Load(5_000_000).campaign_seconds
    assert largest.search_ms == Load(5_000_000).search_ms


def test_ten_times_the_lines_are_ten_times_the_database() -> None:
    assert Load(10_000_000).desk_bytes == pytest.approx(10 * Load(1_000_000).desk_bytes)


def test_every_row_of_the_table_has_a_figure_for_every_size() -> None:
    head, rows = needs()
    assert len(head) == len(SIZES) + 1
    assert all(len(row) == len(head) and all(row) for row in rows)
