"""Where a request comes from when a reverse proxy stands in front: notices are about the person."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class AddressBehindProxy:
    """REMOTE_ADDR becomes the last address of X-Forwarded-For: the one our own proxy wrote.

    Those before it are the caller's word. Without LINEKEY_BEHIND_PROXY the header is not read.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if settings.LINEKEY_BEHIND_PROXY and forwarded:
            request.META["REMOTE_ADDR"] = forwarded
        return self.get_response(request)
