"""Fixture: the whole product as `make run` starts it, with its demo operator.

In a home and on ports of its own.
"""

import email
import email.policy
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import pytest

from linekey.worker.children import die_with_parent
from tests import postgres
from tests.lab import radius_client, sip_client
from tests.lab.elements import NAS_SECRET, free_port, need
from tests.lab.radius_client import Protocol

T = TypeVar("T")

_START_SECONDS = 90.0
_LAST_EFFECTS = """
from linekey.records.models import OutboxEffect
for effect in reversed(OutboxEffect.objects.order_by("-id")[:30]):
    print(effect.id, effect.lane, effect.kind, effect.state, effect.attempts, effect.last_trouble,
          effect.created_at, effect.not_before, effect.lease_until, effect.settled_at)
"""
_ENTRY = "import sys; from linekey.config.entry import main; sys.exit(main())"


@dataclass
class Product:
    home: Path
    facts: dict[str, Any]
    """`demo.json`, as a script would read it."""
    env: dict[str, str] = field(repr=False, default_factory=dict)

    @property
    def url(self) -> str:
        return str(self.facts["url"])

    def account(self, role: str) -> dict[str, str]:
        """The first demo sign-in with this role."""
        return next(account for account in self.facts["accounts"] if account["role"] == role)

    def register(self, username: str, password: str) -> int:
        sip = self.facts["sip"]
        return sip_client.register(sip["host"], sip["port"], sip["realm"], username, password)

    def phone(self, username: str, password: str) -> sip_client.Phone:
        sip = self.facts["sip"]
        return sip_client.Phone(sip["host"], sip["port"], username, password)

    def login(self, login: str, password: str, protocol: Protocol = "pap") -> bool | None:
        radius = self.facts["radius"]
        return radius_client.access_request(
            radius["host"], radius["auth_port"], radius["secret"], login, password, protocol
        )

    def account_start(self, login: str, session_id: str) -> bool:
        radius = self.facts["radius"]
        return radius_client.accounting(
            radius["host"], radius["acct_port"], radius["secret"], login, session_id, "start"
        )

    def mails(self) -> list[EmailMessage]:
        """Every mail sent so far, oldest first."""
        files = sorted(Path(self.facts["mail_dir"]).glob("*.eml"))
        return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]

    def texts(self) -> list[str]:
        """Every SMS sent so far, oldest first: headers, an empty line, the text."""
        files = sorted(Path(self.facts["sms_dir"]).glob("*.txt"), key=lambda file: file.stat().st_mtime_ns)
        return [file.read_text() for file in files]

    def inside(self, script: str) -> str:
        """What a Python script of an operator's prints, run where the product's tables are."""
        done = subprocess.run(
            [sys.executable, "-c", _ENTRY, "manage", "shell", "-v", "0", "-c", script],
            env=self.env,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return done.stdout

    def processes(self, words: str) -> list[int]:
        """Process ids of the product's own children whose command line holds `words`."""
        mark = f"LINEKEY_SUPERVISED_IN={self.home}".encode()
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                mine = mark in (process / "environ").read_bytes().split(b"\0")
                line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if mine and words in line:
                found.append(int(process.name))
        return found

    def last_words(self) -> list[tuple[str, str]]:
        """Names and ends of its logs, and the last effects of its outbox."""
        logs = [(log.name, log.read_text(errors="replace")[-3000:]) for log in self.home.glob("log/*.log")]
        return [*logs, ("outbox", self.inside(_LAST_EFFECTS))]

    @contextmanager
    def frozen(self, words: str) -> Iterator[None]:
        """Children whose command line holds `words` neither answer nor end: a machine that hangs."""
        ids = self.processes(words)
        assert ids, f"nothing runs with {words!r} in its command line"
        for number in ids:
            os.kill(number, signal.SIGSTOP)
        try:
            yield
        finally:
            for number in ids:
                os.kill(number, signal.SIGCONT)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failure on the whole product is told with what its worker was at."""
    report = yield
    product = getattr(item, "funcargs", {}).get("product")
    if report.when == "call" and report.failed and isinstance(product, Product):
        report.sections += [(f"end of {name}", text) for name, text in product.last_words()]
    return report


def eventually(look: Callable[[], T], seconds: float = 20.0) -> T:
    """The first true answer of `look`; fails when there was none in time. Long: nothing is measured here."""
    deadline = time.monotonic() + seconds
    while not (answer := look()):
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)
    return answer


def newest_password(product: Product) -> str:
    """The password in the newest credentials mail; empty before the first."""
    for mail in reversed(product.mails()):
        body = mail.get_body(("plain",))
        found = body and re.search(r"Mot de passe PPPoE[^:]*: (\S+)", body.get_content())
        if found:
            return found[1]
    return ""


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def product(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, nas: int
) -> Iterator[Product]:
    """Started once per engine; `nas` is the access server which its Disconnect-Requests reach."""
    with started(tmp_path_factory.mktemp(f"product-{request.param}"), nas, request.param) as one:
        yield one


@contextmanager
def started(
    home: Path, nas: int, engine: str = "sqlite", variables: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Product]:
    """One of its own, for a test which leaves traces in it; `variables` as an operator would set them."""
    need("kamailio", "freeradius", "sipsak", "radclient")
    env = {name: value for name, value in os.environ.items() if not name.startswith("LINEKEY_")}
    env |= {
        "LINEKEY_HOME": str(home),
        "LINEKEY_PORT": str(free_port()),
        "LINEKEY_SIP_PORT": str(free_port()),
        "LINEKEY_RADIUS_PORT": str(free_port(2)),
        "LINEKEY_SMTP_PORT": str(free_port()),
        "LINEKEY_SMS_PORT": str(free_port()),
        "LINEKEY_ELEMENTS": "real",
        "LINEKEY_NAS_PORT": str(nas),
        "LINEKEY_NAS_SECRET": NAS_SECRET,
        "LINEKEY_LEASE": "6",
        "LINEKEY_SMTP_TIMEOUT": "2",
    }
    # The demo's domain is nowhere in the DNS; a handset must find the registrar all the same.
    env["LINEKEY_SIP_SERVER"] = f"127.0.0.1:{env['LINEKEY_SIP_PORT']}"
    env |= variables
    with ExitStack() as stack:
        if engine == "postgresql" and "LINEKEY_DATABASE_URL" not in env:
            if postgres.binaries() is None:
                need("postgres")
            env["LINEKEY_DATABASE_URL"] = stack.enter_context(postgres.cluster())
        log = stack.enter_context((home.parent / f"{home.name}.log").open("wb"))
        run = subprocess.Popen(
            [sys.executable, "-c", _ENTRY, "run"],
            env=env,
            stdout=log,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent,
        )
        try:
            _wait(run, env["LINEKEY_PORT"], Path(log.name))
            yield Product(home, json.loads((home / "demo.json").read_text()), env)
        finally:
            run.send_signal(signal.SIGINT)
            run.wait(30)


def _wait(run: subprocess.Popen[bytes], port: str, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while "Linekey is ready" not in log.read_text(errors="replace"):
        assert run.poll() is None and time.monotonic() < deadline, log.read_text(errors="replace")
        time.sleep(0.1)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/connexion", timeout=5) as answer:
        assert answer.status == 200
