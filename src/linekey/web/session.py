"""Who is behind a browser: what the session keeps, when it dies, and which pages want somebody signed in.

The session names an open session of the database and holds a stamp that dies with the password. It never
holds a secret, nor a step of signing in: those are flows. `request.actor` is the only thing the pages, here
and in the in-browser console, may believe.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.middleware.csrf import rotate_token
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from linekey.domain.access import Actor, recently_confirmed
from linekey.domain.errors import StepUpNeeded
from linekey.records import pages
from linekey.usecases.sign_in import SignedIn

P = ParamSpec("P")
LONGEST_NEXT = 500
REPLACES_PASSWORD = frozenset({"account-password", "account-password-check"})
"""All that opens for somebody whose password another person made (TEAM-2)."""


class DeskRequest(HttpRequest):
    """A request behind our middleware."""

    actor: Actor | None
    htmx: HtmxDetails


class SignedInRequest(DeskRequest):
    actor: Actor


View = Callable[Concatenate[SignedInRequest, P], HttpResponseBase]


class SignedInPerson:
    """Sets `request.actor`. A session whose stamp died is emptied, so that it ends everywhere at once."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        cast(DeskRequest, request).actor = _actor(request)
        return self.get_response(request)


def _actor(request: HttpRequest) -> Actor | None:
    opened, stamp = request.session.get("opened"), request.session.get("stamp")
    if not isinstance(opened, int) or not isinstance(stamp, str):
        return None
    actor = pages.actor_of_session(opened, stamp, timezone.now())
    if actor is None:
        request.session.flush()
    return actor


def begin(request: HttpRequest, who: SignedIn) -> None:
    """A session of its own for whoever signs in: nothing from before survives, not even its key."""
    request.session.flush()
    request.session["opened"] = who.session_id
    request.session["stamp"] = who.stamp
    rotate_token(request)


def end(request: HttpRequest) -> None:
    request.session.flush()


def lives(request: HttpRequest) -> bool:
    """Is the person still signed in? What was just refused may have ended their session."""
    actor = _actor(request)
    cast(DeskRequest, request).actor = actor
    return actor is not None


def renew(request: HttpRequest, stamp: str = "") -> None:
    """The person has just proved again that it is them: a new key, and after a new password a new `stamp`."""
    request.session.cycle_key()
    if stamp:
        request.session["stamp"] = stamp


def require_recent(request: SignedInRequest, now: datetime) -> None:
    """Ask for the proof before a guarded form is shown, not after it is filled. Raises StepUpNeeded."""
    if not recently_confirmed(request.actor, now):
        raise StepUpNeeded()


def signed_in(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Only for somebody signed in; others sign in first and come back.

    Whoever must change their password is brought to the page that does it, which says why.
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        actor = cast(DeskRequest, request).actor
        if actor is None:
            return go_and_come_back(request, "sign-in")
        if actor.must_change_password and _page_name(request) not in REPLACES_PASSWORD:
            return _go(cast(DeskRequest, request), reverse("account-password"))
        return view(cast(SignedInRequest, request), *args, **kwargs)

    return guarded


def go_and_come_back(request: HttpRequest, page: str) -> HttpResponseBase:
    """To `page`, with the way back: this page, or for a form the page it stood on."""
    desk = cast(DeskRequest, request)
    return _go(desk, f"{reverse(page)}?{urlencode({'next': page_of(desk)})}")


def _go(request: DeskRequest, address: str) -> HttpResponseBase:
    if request.htmx:
        return HttpResponseClientRedirect(address)
    return HttpResponseRedirect(address, status=303)


def _page_name(request: HttpRequest) -> str | None:
    return request.resolver_match.url_name if request.resolver_match else None


def to(page: str, *arguments: str) -> HttpResponseRedirect:
    """To another page of the portal, after a form: by GET, whatever brought us here."""
    return HttpResponseRedirect(reverse(page, args=arguments), status=303)


def page_of(request: DeskRequest) -> str:
    """The page the person looks at: for a form or a fragment, the one it stands on."""
    if request.htmx:
        return local(_current_path(request.htmx))
    if request.method in ("GET", "HEAD"):
        return local(request.get_full_path())
    referer = request.headers.get("Referer", "")
    origin = f"{request.scheme}://{request.get_host()}"
    return local(referer.removeprefix(origin) if referer.startswith(f"{origin}/") else "")


def _current_path(htmx: HtmxDetails) -> str:
    try:
        return htmx.current_url_abs_path or ""
    except ValueError:  # A header of the caller's own, with half an IPv6 address in it.
        return ""


def local(address: str) -> str:
    """`address` when it is a path of this portal, else the home page: no link sends anybody elsewhere."""
    fit = address.startswith("/") and len(address) <= LONGEST_NEXT and address.isprintable()
    return (
        address if fit and url_has_allowed_host_and_scheme(address, allowed_hosts=None) else reverse("home")
    )
