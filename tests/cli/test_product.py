"""The command as it is installed, in a process of its own, against the whole product."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lab.product import Product, eventually

pytestmark = pytest.mark.real

LINE = "0033972101010"
_KEY = """
from django.utils import timezone
from linekey.domain.access import Scope
from linekey.records import find
from linekey.records.models import Person
from linekey.usecases import manage_access_key
person, now = Person.objects.get(customer_id={customer_id!r}), timezone.now()
made = manage_access_key.create(actor=find.actor_of(person, confirmed_at=now), name="Terminal",
    scopes=frozenset(Scope), networks=(), expires_at=None, now=now)
print("key:", made.secret.reveal())
"""


def _linekey(home: Path, *words: str, piped: str = "") -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], "XDG_CONFIG_HOME": str(home), "HOME": str(home)}
    entry = "import sys; from linekey.config.entry import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", entry, *words],
        env=env,
        input=piped,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_line_reset_from_the_command_line_registers(product: Product, tmp_path: Path) -> None:
    told = product.inside(_KEY.format(customer_id=product.account("subscriber")["customer_id"]))
    secret = told.rpartition("key: ")[2].split()[0]
    assert _linekey(tmp_path, "login", product.url, "--stdin", piped=f"{secret}\n").returncode == 0
    reset = _linekey(tmp_path, "services", "reset", LINE, "--yes", "--quiet")
    assert reset.returncode == 0, reset.stderr
    assert eventually(lambda: product.register(LINE, reset.stdout.strip()) == 200)
