"""What others say of it: phones, `linekey verify-audit`, the logs."""

import random
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from drill.clients import Heard
from drill.desk import linekey
from drill.evidence import Books
from drill.proofs import Proof, Version
from drill.town import ADAS
from linekey.worker.element_settings import ElementSettings
from tests.lab import sip_client

REGISTERED = 40
"""Lines that a phone registers, with the newest password and with the one before."""
_TRACEBACK = "Traceback (most recent call last)"


def phones(heard: Heard, books: Books, elements: ElementSettings, chance: random.Random) -> Proof:
    """Real phones of a sample: the newest password opens, the one before does not."""
    at = (elements.host, elements.sip_port, elements.realm)
    known = {each.key: heard.passwords[each.key] for each in heard.asked if each.key in heard.passwords}
    newest: dict[str, Version] = {}
    before: dict[str, Version] = {}
    for each in sorted(books.of(ADAS), key=lambda version: version.number):
        if each.line in newest:
            before[each.line] = newest[each.line]
        newest[each.line] = each
    lines = [line for line, each in newest.items() if each.key in known]
    faults, looked_at = [], 0
    for line in chance.sample(sorted(lines), min(REGISTERED, len(lines))):
        looked_at += 1
        status = sip_client.register(*at, line, known[newest[line].key])
        if status != 200:
            faults.append(f"{line}: the newest password is answered {status}")
        old = before.get(line)
        if old is not None and old.key in known:
            status = sip_client.register(*at, line, known[old.key])
            if status not in (401, 403):
                faults.append(f"{line}: the password before is answered {status}")
    return Proof("a phone registers with the newest password, and not with the one before", looked_at, faults)


def trail_verifies(env: Mapping[str, str], entries: int) -> Proof:
    done = subprocess.run(linekey("verify-audit"), env=dict(env), capture_output=True, text=True, check=False)
    said = done.stdout.splitlines() or [done.stderr.strip()[-300:]]
    faults = [] if done.returncode == 0 else said
    return Proof("`linekey verify-audit` finds the trail whole", entries, faults)


def no_traceback(logs: Sequence[Path]) -> Proof:
    """Losing a database is no bug: one line says it."""
    found = {log: log.read_text(errors="replace").count(_TRACEBACK) for log in logs}
    faults = [
        f"{log.parent.name}/{log.name} holds {count} tracebacks" for log, count in found.items() if count
    ]
    return Proof("no web process and no worker met a bug", len(logs), faults)
