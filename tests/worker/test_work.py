"""A worker keeps in memory what it works with: a small machine runs it beside everything else."""

import pytest
from django.db import connection

from tests.hands import on_sqlite
from tests.worker.processes import started

pytestmark = pytest.mark.django_db(transaction=True)

LOADED = """
import sys, django
django.setup()
from linekey.worker import work
print(*sorted({"psycopg", "pyrage", "prometheus_client"} & set(sys.modules)))
"""
KEPT = """
import django
django.setup()
from django.db import connection
from linekey.worker import arenas
arenas.share()
with connection.cursor() as cursor:
    print(cursor.execute("PRAGMA cache_size").fetchone()[0])
"""


def said(program: str) -> str:
    with started("-c", program) as process:
        return process.communicate(timeout=30)[0].strip()


def test_a_worker_loads_no_library_which_its_installation_has_no_use_for() -> None:
    assert said(LOADED) == ("psycopg" if connection.vendor == "postgresql" else "")


def test_its_many_connections_do_not_each_keep_megabytes_of_one_file() -> None:
    if not on_sqlite():
        pytest.skip("PostgreSQL keeps its pages by itself, once")
    assert -1024 <= int(said(KEPT)) < 0  # Negative: in KiB.
