"""/auth: the clock, asking for a consumer key, and what the current one is worth."""

from typing import Any

from django.conf import settings

from linekey.api_ovh.calls import Asked, Call, Effect, Needs, in_body
from linekey.api_ovh.shapes import credential_shape
from linekey.domain.errors import UnknownConsumerKey
from linekey.records import pages
from linekey.records.pages import CredentialRow
from linekey.usecases import authorise_application, withdraw_application


def _time(asked: Asked) -> int:
    return int(asked.now.timestamp())


def _credential(asked: Asked) -> dict[str, str]:
    new = authorise_application.ask_credential(
        application_key=asked.application_key,
        rules=asked.values["accessRules"],
        redirection=asked.text("redirection"),
        allowed_ips=asked.values["allowedIPs"] or [],
        now=asked.now,
    )
    # Built from the configured address, never from the request (law 9).
    address = f"{settings.LINEKEY_PUBLIC_URL}/auth/?credentialToken={new.validation_token.reveal()}"
    return {
        "consumerKey": new.consumer_key.reveal(),
        "state": "pendingValidation",
        "validationUrl": address,
    }


def _current(asked: Asked) -> dict[str, Any]:
    return credential_shape(_own(asked), asked.now)


def _details(asked: Asked) -> dict[str, Any]:
    actor = asked.actor
    rules = _own(asked).rules if asked.credential_id else ({"method": "*", "path": "/*"},)
    return {
        "account": actor.customer_id,
        "user": None,
        "method": "account",
        "identities": [f"urn:v1:linekey:identity:account:{actor.customer_id}"],
        "roles": [actor.role.value],
        "allowedRoutes": [dict(rule) for rule in rules],
        "description": None,
    }


def _logout(asked: Asked) -> None:
    credential = _own(asked)
    withdraw_application.expire(actor=asked.actor, credential_id=credential.id, now=asked.now)


def _own(asked: Asked) -> CredentialRow:
    """The consumer key that signed; the console has none. Raises UnknownConsumerKey."""
    held = [row for row in pages.credentials(asked.actor) if row.id == asked.credential_id]
    if not held:
        raise UnknownConsumerKey()
    return held[0]


CALLS = (
    Call(
        "GET", "/auth/time", "Get the current time, in seconds since 1970", "long", _time, needs=Needs.NOTHING
    ),
    Call(
        "POST",
        "/auth/credential",
        "Request a new consumer key, which its person then validates in the browser",
        "auth.Credential",
        _credential,
        (
            in_body("accessRules", "Methods and paths the key is for", "auth.AccessRule[]", required=True),
            in_body("redirection", "Address the browser goes to once the key is decided about"),
            in_body("allowedIPs", "Networks the key may be used from", "ipBlock[]"),
        ),
        needs=Needs.APPLICATION,
    ),
    Call("GET", "/auth/currentCredential", "Get the consumer key in use", "auth.ApiCredential", _current),
    Call("GET", "/auth/details", "Get who is calling, and with which rights", "auth.Details", _details),
    Call(
        "POST",
        "/auth/logout",
        "Expire the consumer key in use",
        "void",
        _logout,
        effects=(Effect.KEYS_REVOKED,),
    ),
)
