"""What a bench stands on: an empty home, an empty database of either engine, and the size it is asked for."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests import postgres

ENGINES = ("sqlite", "postgresql")


@dataclass(frozen=True, slots=True)
class Ground:
    engine: str
    """`sqlite` or `postgresql`."""
    home: Path
    quick: bool
    """Small and few: shows that a bench works, proves nothing."""

    def size(self, whole: int, quick: int) -> int:
        return quick if self.quick else whole


@contextmanager
def prepared(engine: str, *, quick: bool) -> Iterator[Ground]:
    """Sets the variables, before anybody imports Django. PostgreSQL syncs its files here."""
    with ExitStack() as stack:
        folder = TemporaryDirectory(prefix="linekey-bench-", ignore_cleanup_errors=True)
        home = Path(stack.enter_context(folder))
        os.environ |= {"LINEKEY_HOME": str(home), "DJANGO_SETTINGS_MODULE": "linekey.config.settings"}
        if engine == "postgresql":
            # Several servers are compared beside each other, each with its own pools.
            cluster = postgres.cluster(durable=True, max_connections="300")
            os.environ["LINEKEY_DATABASE_URL"] = stack.enter_context(cluster)
        yield Ground(engine, home, quick)
