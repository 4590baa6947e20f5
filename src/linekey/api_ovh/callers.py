"""Who calls: the four signed headers, or the session of the in-browser console. Never both."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

from linekey.api_ovh.answers import Fault
from linekey.domain.access import Actor
from linekey.domain.errors import MustChangePassword, UnknownConsumerKey
from linekey.domain.secret import Secret
from linekey.usecases import answer_call
from linekey.usecases.answer_call import SignedCall

SAFE_METHODS = frozenset({"GET"})


@dataclass(frozen=True)
class Identified:
    actor: Actor
    credential_id: int | None
    operation: str


def identify(request: HttpRequest, body: bytes, now: datetime) -> Identified:
    """Raises the refusals of `answer_call.authenticate`, or Fault when a session call has no CSRF token."""
    if header(request, "X-Ovh-Application") or header(request, "X-Ovh-Consumer"):
        return _signed(request, body, now)
    return _session(request)


def header(request: HttpRequest, name: str) -> str:
    """Empty when absent, or when it holds what no client of the dialect sends."""
    value = request.headers.get(name, "")
    return value if value.isascii() and value.isprintable() else ""


def call_path(request: HttpRequest) -> str:
    """What access rules are about: the decoded path, the very one that is routed, without version."""
    return "/" + request.path_info.split("/", 2)[2]


def candidate_urls(target: str) -> list[str]:
    """Every full URL the caller may have signed for a raw `target` (path and query).

    node-ovh leaves the port out and always writes https; the other clients sign what they were configured
    with. The bases are settings: the Host header is the caller's own word and proves nothing.
    """
    found: dict[str, None] = {}
    for base in settings.LINEKEY_OVH_URLS:
        parts = urlsplit(base)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        for start in (f"{parts.scheme}://{parts.netloc}", f"{parts.scheme}://{host}", f"https://{host}"):
            found[f"{start}{parts.path.rstrip('/')}{target}"] = None
    return list(found)


def raw_target(request: HttpRequest) -> str:
    """Path and query as they came over the wire. gunicorn keeps them; elsewhere encoded slashes are lost."""
    raw = request.environ.get("RAW_URI", "") if hasattr(request, "environ") else ""
    return raw if raw.startswith("/") else request.get_full_path()


def _signed(request: HttpRequest, body: bytes, now: datetime) -> Identified:
    signature = header(request, "X-Ovh-Signature")
    caller = answer_call.authenticate(
        call=SignedCall(
            application_key=header(request, "X-Ovh-Application"),
            consumer_key=Secret(header(request, "X-Ovh-Consumer")),
            timestamp=header(request, "X-Ovh-Timestamp"),
            signature=signature,
            method=request.method or "",
            urls=candidate_urls(raw_target(request)),
            path=call_path(request),
            body=body,
            address=request.META.get("REMOTE_ADDR", ""),
        ),
        now=now,
    )
    # Two calls in one second carry one signature: they are one operation, whoever repeats it.
    return Identified(caller.actor, caller.credential_id, f"ovh:{signature}")


def _session(request: HttpRequest) -> Identified:
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        raise UnknownConsumerKey()
    if actor.must_change_password:
        raise MustChangePassword()
    if request.method not in SAFE_METHODS and _forged(request):
        raise Fault(
            403,
            "FORBIDDEN",
            "Client::Forbidden",
            "csrf_failed",
            "This call does not come from the console",
            "Reload the page of the console, then send the call again.",
        )
    once = header(request, "Idempotency-Key") or uuid4().hex
    return Identified(actor, None, f"console:{actor.person_id}:{once}")


def _forged(request: HttpRequest) -> bool:
    """The check Django makes of every form, which the dialect's views are exempt from for signed calls."""
    return CsrfViewMiddleware(_form).process_view(request, _form, (), {}) is not None


def _form(request: HttpRequest) -> HttpResponse:
    """Stands for any view that is not exempt."""
    return HttpResponse()
