"""`/healthz` and `/readyz`: is this process alive, and may it be given work? For whoever sends it some.

Stands before everything else, of a web process and of a worker alike: any host name, no session, no number,
no line in the log. Whoever asks learns which part is not well and nothing more, and makes nothing happen.
"""

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django.db import connection

from linekey.worker.readiness import OK, Readiness

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_METHODS = ("GET", "HEAD")


class Health:
    """A WSGI application which passes on whatever is no question of its own.

    `missing`: which parts of this process no longer go round, where it has any.
    """

    def __init__(self, behind: "WSGIApplication", missing: Callable[[], list[str]] = list) -> None:
        self._behind = behind
        self._missing = missing
        self._readiness = Readiness()
        self._questions = {"/healthz": self._alive, "/readyz": self._ready}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        question = self._questions.get(environ["PATH_INFO"])
        if question is None:
            return self._behind(environ, start_response)
        method = environ["REQUEST_METHOD"]
        if method not in _METHODS:
            start_response("405 Method Not Allowed", [("Allow", ", ".join(_METHODS))])
            return []
        good, told = question()
        start_response(
            "200 OK" if good else "503 Service Unavailable",
            [("Content-Type", "application/json"), ("Cache-Control", "no-store")],
        )
        return [json.dumps(told).encode()] if method == "GET" else []

    def _alive(self) -> tuple[bool, dict[str, Any]]:
        """Asks this process alone: the database may be away."""
        missing = self._missing()
        return not missing, {"alive": not missing, **({"missing": missing} if missing else {})}

    def _ready(self) -> tuple[bool, dict[str, Any]]:
        try:
            parts = self._readiness.parts()
        finally:
            connection.close()  # No request begins or ends here which would do it.
        ready = set(parts.values()) == {OK}
        return ready, {"ready": ready, "parts": parts}
