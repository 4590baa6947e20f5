"""Gives every request a number, which it keeps wherever it leads: logs, trail, outbox, and the answer itself.

Whoever calls may bring their own in `X-Request-Id`; in another shape it is passed over, not refused.
"""

import logging
import time
from collections.abc import Callable
from uuid import uuid4

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from linekey.domain import tracing
from linekey.domain.access import Actor
from linekey.domain.inert import inert

HEADER = "X-Request-Id"
_READS = frozenset({"GET", "HEAD", "OPTIONS"})

log = logging.getLogger("linekey.request")


class Numbering:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        typed = request.headers.get(HEADER, "")
        number = typed if tracing.is_fit(typed) else uuid4().hex
        began = time.perf_counter()
        with tracing.carried(number):
            response = self.get_response(request)
            response.headers[HEADER] = number
            _note(request, response.status_code, time.perf_counter() - began)
        return response


def _note(request: HttpRequest, status: int, seconds: float) -> None:
    """The page by its name in the address book: an address may hold a token."""
    level = logging.DEBUG if request.method in _READS and status < 500 else logging.INFO
    page = request.resolver_match.view_name if request.resolver_match else ""
    actor = getattr(request, "actor", None) or getattr(request, "auth", None)
    log.log(
        level,
        "%s %s answered %d in %d ms, by %s",
        inert(request.method or "")[:10],
        page or "-",
        status,
        seconds * 1000,
        actor.customer_id if isinstance(actor, Actor) else "-",
    )
