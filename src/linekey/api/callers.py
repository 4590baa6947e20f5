"""Who calls: an access token or the secret of an access key, behind `Authorization: Bearer`. Nothing else."""

import re
from typing import cast

from django.http import HttpRequest
from django.utils import timezone
from ninja.security.base import AuthBase

from linekey.domain import access
from linekey.domain.access import Action, Actor
from linekey.domain.errors import AccessKeyNotValid
from linekey.domain.secret import Secret
from linekey.usecases import use_access_key

_BEARER = re.compile(r"bearer +([A-Za-z0-9._~+/-]+=*)", re.ASCII | re.IGNORECASE)
"""RFC 6750 section 2.1; the scheme in any case (RFC 9110 section 11.1)."""


class CalledRequest(HttpRequest):
    """A request whose caller is known."""

    auth: Actor


class Bearer(AuthBase):
    """The actor behind the bearer, once its scopes cover `action`: the use-cases of reading ask no rule."""

    openapi_type = "http"
    openapi_scheme = "bearer"
    openapi_description = "An access token, or the secret of an access key."

    def __init__(self, action: Action) -> None:
        super().__init__()
        self.action = action

    def __call__(self, request: HttpRequest) -> Actor:
        """Raises AccessKeyNotValid, ScopeNotGranted."""
        found = _BEARER.fullmatch(request.headers.get("Authorization", ""))
        if found is None:
            raise AccessKeyNotValid()
        actor = use_access_key.authenticate(
            bearer=Secret(found[1]), address=address_of(request), now=timezone.now()
        )
        access.require_scope(actor, self.action)
        return actor


def actor_of(request: HttpRequest) -> Actor:
    return cast(CalledRequest, request).auth


def address_of(request: HttpRequest) -> str:
    """As our own proxy tells it, see `web.proxy`."""
    return str(request.META.get("REMOTE_ADDR", ""))
