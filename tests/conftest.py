"""What every test may ask for: the cast, a clock, and the real elements."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.build import Cast, build_cast

pytest_plugins = ["tests.lab.elements", "tests.lab.product"]


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def cast(db: None, now: datetime) -> Iterator[Cast]:
    yield build_cast(now)
