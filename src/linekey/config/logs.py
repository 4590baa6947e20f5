"""What our logs may hold, and how a line looks: as text for people, as JSON for machines that collect it.

A link's token opens something, so no line quotes it (law 5). Strangers' words are inert: nobody forges
a line of ours. Each line names the request it belongs to, from the form to the network.
"""

import json
import logging
import re
from datetime import UTC, datetime

from linekey.config.outage import is_outage, told
from linekey.domain import tracing
from linekey.domain.inert import inert

_TOKENS = re.compile(
    r"(/(?:lien|mot-de-passe-perdu|activation|dossier|provision)/|credentialToken(?:=|%3D)|lk(?:sk|at|rt)_|whsec_)[^\s/?&\"']+"
)

_SILENT_SECONDS = 10.0


class WithoutTokens(logging.Filter):
    """Masks one-time links, access keys and their tokens in whatever a library logs about a request."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = _TOKENS.sub(r"\1••••", record.getMessage()), ()
        return True


class Outages(logging.Filter):
    """A database which is away breaks every request, and every thread of a worker meets it again and again.

    A traceback each would hide all the rest: a line per request, and one in ten seconds per errand.
    """

    def __init__(self) -> None:
        super().__init__()
        self._told: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        trouble = record.exc_info[1] if record.exc_info else None
        if trouble is not None and is_outage(trouble):
            record.msg, record.args = "%s (%s)", (record.getMessage(), told(trouble))
            record.exc_info = record.exc_text = None
        errand = (record.name, str(record.msg))
        if not errand[1].startswith("database unreachable"):
            return True
        silent = record.created - self._told.get(errand, 0.0) < _SILENT_SECONDS
        if not silent:
            self._told[errand] = record.created
        return not silent


class WithRequest(logging.Filter):
    """Names the request, `-` where there is none."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = tracing.current() or "-"
        return True


class Line(logging.Formatter):
    """One line for people; below it a traceback, where there is one."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        record.message = _said(record)
        return super().formatMessage(record)


class JsonLine(logging.Formatter):
    """`{"time", "level", "logger", "request_id", "message"}`, and `exception` where there was one."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request_id": getattr(record, "request_id", "-"),
            "message": _said(record),
        }
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(told)


def _said(record: logging.LogRecord) -> str:
    """Ours may have lines of their own, a traceback for one; others say what strangers sent, on one."""
    lines = record.getMessage().split("\n")
    return "\n".join(map(inert, lines)) if record.name.startswith("linekey.") else inert("\n".join(lines))
