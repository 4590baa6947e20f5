"""What every test may ask for: the cast, a clock, and an empty home."""

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime

# Settings are read at import: the home must be ours before Django looks.
os.environ["LINEKEY_HOME"] = tempfile.mkdtemp(prefix="linekey-test-")
os.environ.setdefault("LINEKEY_ARGON2_MEMORY_KIB", "64")
os.environ.setdefault("LINEKEY_ARGON2_TIME", "1")

import pytest

from tests.build import Cast, build_cast


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def cast(db: None, now: datetime) -> Iterator[Cast]:
    yield build_cast(now)
