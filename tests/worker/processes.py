"""Other processes on the database of the tests."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.db import connection

from linekey.worker.children import die_with_parent

ROOT = Path(__file__).parents[2]


def database_url() -> str:
    known: dict[str, Any] = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{known['NAME']}"
    password = quote(known["PASSWORD"], safe="")
    return f"postgresql://{known['USER']}:{password}@{known['HOST']}:{known['PORT']}/{known['NAME']}"


@contextmanager
def started(*words: str, **variables: str) -> Iterator[subprocess.Popen[str]]:
    """A Python of ours, on the very database this test has open; ended when the test is done with it."""
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", *words],
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "linekey.config.settings",
            "LINEKEY_DATABASE_URL": database_url(),
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}",
        }
        | variables,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=die_with_parent,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()
