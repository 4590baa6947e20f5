"""What the settings read, made for one test run: a home of its own, cheap hashes, the database asked for.

A plugin (`-p tests.environment`, in pyproject.toml), not a conftest: pytest-django reads the settings before
any conftest is loaded. `LINEKEY_TEST_DATABASE=postgresql` runs the tests on a private PostgreSQL.
"""

import os
import signal
import tempfile
from collections.abc import Generator
from contextlib import ExitStack
from types import FrameType

import pytest

from tests import postgres


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, object, object]:
    # A wrapper, because pytest-django does it in this very hook, as early as a plain one may.
    signal.signal(signal.SIGTERM, _interrupt)
    stack = ExitStack()
    early_config.add_cleanup(stack.close)
    for name in [name for name in os.environ if name.startswith("LINEKEY_") and "_TEST_" not in name]:
        # What a developer has set for `make run` must not change what the tests see.
        del os.environ[name]
    home = stack.enter_context(tempfile.TemporaryDirectory(prefix="linekey-test-"))
    os.environ |= {"LINEKEY_HOME": home, "LINEKEY_ARGON2_MEMORY_KIB": "64", "LINEKEY_ARGON2_TIME": "1"}
    database = os.environ.get("LINEKEY_TEST_DATABASE") or "sqlite"
    if database == "postgresql":
        if postgres.binaries() is None:
            _do_without()
        os.environ["LINEKEY_DATABASE_URL"] = stack.enter_context(postgres.cluster())
    elif database != "sqlite":
        raise pytest.UsageError(f"LINEKEY_TEST_DATABASE is {database!r}; it can be sqlite or postgresql.")
    return (yield)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what asks for a database: the rest has run on SQLite, and is the same there."""
    if os.environ.get("LINEKEY_TEST_DATABASE") != "postgresql":
        return
    apart = [item for item in items if not _touches_database(item)]
    config.hook.pytest_deselected(items=apart)
    items[:] = [item for item in items if _touches_database(item)]


_DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "own_database"}


def _touches_database(item: pytest.Item) -> bool:
    asked = _DATABASE_FIXTURES & set(getattr(item, "fixturenames", ()))
    return bool(asked) or item.get_closest_marker("django_db") is not None


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Whoever ends the run with SIGTERM (`timeout`, a CI server) gets the same tidying as with Ctrl-C."""
    # `timeout` sends it twice, to the process and to its group: the second must not disturb the tidying.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def pytest_report_header() -> str:
    return f"database: {os.environ.get('LINEKEY_TEST_DATABASE') or 'sqlite'}"


def _do_without() -> None:
    missing = "PostgreSQL is not installed on this machine"
    if os.environ.get("CI") == "true":
        raise pytest.UsageError(f"{missing}, and under CI=true nothing may be skipped.")
    pytest.exit(f"SKIPPED: {missing}: the tests did not run on it.", returncode=0)
