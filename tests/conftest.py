"""What every test may ask for: the cast, a clock, and the real elements."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.conf import settings

from tests.build import Cast, build_cast
from tests.hands import Hands

pytest_plugins = ["tests.lab.elements", "tests.lab.kannel", "tests.lab.product", "tests.lab.sites"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """On SQLite a file, as in life: one in memory is shared neither with a process nor between threads."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database.setdefault("TEST", {})["NAME"] = str(settings.LINEKEY_HOME / "test.db")


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def cast(db: None, now: datetime) -> Iterator[Cast]:
    yield build_cast(now)
