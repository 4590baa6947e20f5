"""`GET /provision/<token>/<file>`: the configuration of one handset (SIP-6).

Decides nothing: it asks the use-case, writes the answer as the make reads it, and waits a moment for the
element to take a new password, so that a handset which is quick is not refused. Everything that opens
nothing gets the same bytes. The password is in the answer alone.
"""

import time
from datetime import timedelta
from math import ceil

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from linekey.domain.errors import NotFound, TooManyAttempts
from linekey.domain.phones import SipServer
from linekey.domain.secret import Secret
from linekey.network.phones import PLAIN, write
from linekey.usecases import fetch_phone

PATIENCE = timedelta(seconds=3)
LOOK_SECONDS = 0.05
HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


class Door:
    """`patience`: how long to wait for the element. The handset gets its configuration all the same."""

    def __init__(self, patience: timedelta = PATIENCE) -> None:
        self._patience = patience.total_seconds()

    def __call__(self, request: HttpRequest, token: str, file: str) -> HttpResponse:
        answer = self._answer(request, token, file)
        for name, value in HEADERS.items():
            answer.headers[name] = value
        return answer

    def _answer(self, request: HttpRequest, token: str, file: str) -> HttpResponse:
        if request.method != "GET":
            # HEAD neither: a look must not draw a password.
            return HttpResponse(status=405, headers={"Allow": "GET"})
        if _in_clear(request):
            return _nothing()
        try:
            fetched = fetch_phone.fetch(
                token=Secret(token),
                file=file,
                server=sip_server(),
                public_url=settings.LINEKEY_PROVISION_URL,
                source=request.META.get("REMOTE_ADDR", ""),
                agent=request.headers.get("User-Agent", ""),
                now=timezone.now(),
            )
        except NotFound:
            return _nothing()
        except TooManyAttempts as refusal:
            left = ceil((refusal.until - timezone.now()).total_seconds())
            return HttpResponse(status=429, content_type=PLAIN, headers={"Retry-After": str(max(1, left))})
        if fetched.version is not None:
            self._wait_for(fetched.version)
        text, media_type = write(fetched.configuration)
        return HttpResponse(text, content_type=media_type)

    def _wait_for(self, version: int) -> None:
        deadline = time.monotonic() + self._patience
        while time.monotonic() < deadline and not fetch_phone.is_taken(version=version):
            time.sleep(LOOK_SECONDS)


def sip_server() -> SipServer:
    return SipServer.of(settings.LINEKEY_SIP_SERVER, settings.LINEKEY_SIP_TRANSPORTS)


def _in_clear(request: HttpRequest) -> bool:
    """Where the operator has HTTPS nothing is here without it, not even a redirect: its token would tell."""
    return settings.LINEKEY_PROVISION_URL.startswith("https://") and not request.is_secure()


def _nothing() -> HttpResponse:
    return HttpResponse("Not found\n", status=404, content_type=PLAIN)
