"""Who is at the other end before we know who: a random name of the browser, what it says it is, its address.

The name lies in a cookie of its own, outlives sessions, and signs nobody in. Flows and known devices are
bound to it.
"""

import secrets
from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from linekey.domain.flows import Visitor
from linekey.domain.secret import Secret

LONGEST_DEVICE = 200
YEAR = 365 * 24 * 3600
_LENGTH = range(40, 65)


class HasVisitor(HttpRequest):
    visitor: Visitor


class NamesBrowser:
    """Sets `request.visitor`, and the cookie on every page that may need it later."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        held = request.COOKIES.get(settings.LINEKEY_BROWSER_COOKIE, "")
        known = len(held) in _LENGTH and held.isascii() and held.isprintable()
        name = Secret(held) if known else Secret(secrets.token_urlsafe(32))
        cast(HasVisitor, request).visitor = Visitor(
            name, _device(request), request.META.get("REMOTE_ADDR", "")
        )
        response = self.get_response(request)
        if not known and response.headers.get("Content-Type", "").startswith("text/html"):
            response.set_cookie(
                settings.LINEKEY_BROWSER_COOKIE,
                name.reveal(),
                max_age=YEAR,
                httponly=True,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )
        return response


def _device(request: HttpRequest) -> str:
    """What the browser says it is: somebody else's words, so printable and short."""
    told = request.headers.get("User-Agent", "")
    return "".join(character for character in told if character.isprintable())[:LONGEST_DEVICE]


def visitor_of(request: HttpRequest) -> Visitor:
    return cast(HasVisitor, request).visitor
