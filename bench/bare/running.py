"""The bare project, filled and served: beside ours, on the same engine, in a database of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bench.ground import Ground
from bench.serving import Server, serving


@contextmanager
def bare(ground: Ground, *, rows: int = 0, people: int = 0, settings: str = "settings") -> Iterator[Server]:
    """`settings`: which of the modules beside this one."""
    variables = {
        "DJANGO_SETTINGS_MODULE": f"bench.bare.{settings}",
        "BENCH_BARE_DATABASE_URL": _database(ground, f"bare_{settings}"),
    }
    words = [sys.executable, "-m", "bench.bare.fill", str(rows), str(people)]
    subprocess.run(words, env=os.environ | variables, check=True)
    with serving(ground.home, "bench.bare.wsgi", variables) as server:
        yield server


def _database(ground: Ground, name: str) -> str:
    """The address of an empty one."""
    if ground.engine == "sqlite":
        return f"sqlite:///{ground.home / name}.db"
    import psycopg

    ours = os.environ["LINEKEY_DATABASE_URL"]
    with psycopg.connect(ours, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{ours.rpartition('/')[0]}/{name}"
