"""`/authentication/v1`: tokens in exchange for a key, as contact centres do it, or for a refresh token."""

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from linekey.api import shapes
from linekey.api.callers import address_of
from linekey.api.describing import DOOR_SHUT, KEY_NOT_VALID, either_body, may_refuse, missing
from linekey.api.problems import BODY_TOO_LARGE
from linekey.api.reading import FORM, refresh_in
from linekey.usecases import use_access_key
from linekey.usecases.use_access_key import Tokens

router = Router(auth=None, tags=["Tokens"])


@router.post(
    "/token/access-key",
    response=shapes.Tokens,
    summary="Exchange an access key for tokens",
    openapi_extra=may_refuse(missing("accessKeyId"), KEY_NOT_VALID, BODY_TOO_LARGE, DOOR_SHUT),
)
def exchange_access_key(request: HttpRequest, body: shapes.KeyExchange) -> shapes.Tokens:
    """Unknown, wrong, revoked, expired, from elsewhere or of somebody disabled: one answer."""
    tokens = use_access_key.exchange(
        key_id=body.key_id, secret=body.secret, address=address_of(request), now=timezone.now()
    )
    return _shown(tokens)


@router.post(
    "/token",
    response=shapes.Tokens,
    summary="Refresh the tokens",
    openapi_extra={
        **may_refuse(missing("grant_type"), KEY_NOT_VALID, BODY_TOO_LARGE, DOOR_SHUT),
        **either_body(shapes.TokenRefresh, "application/json", FORM),
    },
)
def refresh_tokens(request: HttpRequest) -> shapes.Tokens:
    """A refresh token is good once: one that comes again ends every token of its key."""
    token = refresh_in(request).refresh_token
    return _shown(use_access_key.refresh(token=token, address=address_of(request), now=timezone.now()))


def _shown(tokens: Tokens) -> shapes.Tokens:
    return shapes.Tokens(
        access_token=tokens.access.reveal(),
        expires_in=int(tokens.lasts.total_seconds()),
        refresh_token=tokens.refresh.reveal(),
        # Built from the configured address, never from the request (law 9).
        resource_server_base_uri=f"{settings.LINEKEY_PUBLIC_URL}/api/v1/",
    )
