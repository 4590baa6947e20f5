"""A number per request, which a caller may choose in a shape that harms no log."""

import pytest

from linekey.domain import tracing


@pytest.mark.parametrize("typed", ["0f6b0c9a-2d3e-4f50", "trace_0001", "A" * 64])
def test_a_plain_number_is_taken_over(typed: str) -> None:
    assert tracing.is_fit(typed)


@pytest.mark.parametrize(
    "typed", ["", "short", "A" * 65, "-eading1", "with blank", "line\nbreak", "<b>12345678", "é" * 9]
)
def test_anything_else_is_not(typed: str) -> None:
    assert not tracing.is_fit(typed)


def test_it_is_carried_as_long_as_the_request_lasts() -> None:
    assert tracing.current() == ""
    with tracing.carried("trace_0001"):
        with tracing.carried("trace_0002"):
            assert tracing.current() == "trace_0002"
        assert tracing.current() == "trace_0001"
    assert tracing.current() == ""
