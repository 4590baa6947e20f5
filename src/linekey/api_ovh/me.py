"""/me: the account, the archive of service e-mails (PPP-6), applications and consumer keys."""

from typing import Any

from linekey.api_ovh.calls import Asked, Call, Effect, in_body, in_path, in_query
from linekey.api_ovh.shapes import application_shape, credential_shape, moment
from linekey.domain.errors import NotFound
from linekey.records import pages
from linekey.records.pages import ApplicationRow, CredentialRow
from linekey.usecases import withdraw_application

_LOCALES = {"fr": "fr_FR", "en": "en_GB"}


def _me(asked: Asked) -> dict[str, Any]:
    card = pages.person_card(asked.actor)
    return {
        "nichandle": card.customer_id,
        "customerCode": card.customer_id,
        "email": card.email,
        "spareEmail": None,
        "firstname": card.first_name,
        "name": card.last_name,
        "organisation": card.organisation,
        "phone": card.phone or None,
        "language": _LOCALES.get(card.language, card.language),
        "state": "complete",
    }


def _mails(asked: Asked) -> list[int]:
    return pages.mail_ids(asked.actor)


def _mail(asked: Asked) -> dict[str, Any]:
    page = pages.mail(asked.actor, asked.values["id"])
    if page is None:
        raise NotFound()
    return {
        "id": page.row.id,
        "date": moment(page.row.sent_at),
        "subject": page.row.subject,
        "body": page.text,
    }


def _applications(asked: Asked) -> list[int]:
    return [row.id for row in pages.applications(asked.actor)]


def _application(asked: Asked) -> dict[str, Any]:
    return application_shape(_own_application(asked))


def _remove_application(asked: Asked) -> None:
    wanted = asked.values["applicationId"]
    withdraw_application.remove_application(actor=asked.actor, application_id=wanted, now=asked.now)


def _own_application(asked: Asked) -> ApplicationRow:
    for row in pages.applications(asked.actor):
        if row.id == asked.values["applicationId"]:
            return row
    raise NotFound()


def _credentials(asked: Asked) -> list[int]:
    wanted = asked.text("status")
    rows = pages.credentials(asked.actor, application_id=asked.values["applicationId"])
    return [row.id for row in rows if wanted in ("", row.status_at(asked.now))]


def _credential(asked: Asked) -> dict[str, Any]:
    return credential_shape(_own_credential(asked), asked.now)


def _restrict(asked: Asked) -> None:
    withdraw_application.restrict(
        actor=asked.actor,
        credential_id=asked.values["credentialId"],
        allowed_ips=asked.values["allowedIPs"] or [],
        now=asked.now,
    )


def _expire(asked: Asked) -> None:
    wanted = asked.values["credentialId"]
    withdraw_application.expire(actor=asked.actor, credential_id=wanted, now=asked.now)


def _application_of(asked: Asked) -> dict[str, Any]:
    row = pages.credential_application(asked.actor, asked.values["credentialId"])
    if row is None:
        raise NotFound()
    return application_shape(row)


def _own_credential(asked: Asked) -> CredentialRow:
    for row in pages.credentials(asked.actor):
        if row.id == asked.values["credentialId"]:
            return row
    raise NotFound()


_MAIL = in_path("id", "Number of the e-mail", "long")
_APPLICATION = in_path("applicationId", "Number of the application", "long")
_CREDENTIAL = in_path("credentialId", "Number of the consumer key", "long")
CALLS = (
    Call("GET", "/me", "Get the account", "nichandle.Nichandle", _me),
    Call("GET", "/me/notification/email/history", "List the service e-mails", "long[]", _mails),
    Call(
        "GET",
        "/me/notification/email/history/{id}",
        "Get a service e-mail",
        "nichandle.EmailNotification",
        _mail,
        (_MAIL,),
    ),
    Call("GET", "/me/api/application", "List your applications", "long[]", _applications),
    Call(
        "GET",
        "/me/api/application/{applicationId}",
        "Get an application",
        "api.Application",
        _application,
        (_APPLICATION,),
    ),
    Call(
        "DELETE",
        "/me/api/application/{applicationId}",
        "Remove an application, and revoke every consumer key that belongs to it",
        "void",
        _remove_application,
        (_APPLICATION,),
        effects=(Effect.KEYS_REVOKED,),
    ),
    Call(
        "GET",
        "/me/api/credential",
        "List your consumer keys",
        "long[]",
        _credentials,
        (
            in_query("status", "expired, pendingValidation, refused or validated"),
            in_query("applicationId", "Only those of this application", "long"),
        ),
    ),
    Call(
        "GET",
        "/me/api/credential/{credentialId}",
        "Get a consumer key",
        "api.Credential",
        _credential,
        (_CREDENTIAL,),
    ),
    Call(
        "PUT",
        "/me/api/credential/{credentialId}",
        "Change the networks a consumer key may be used from",
        "void",
        _restrict,
        (_CREDENTIAL, in_body("allowedIPs", "Networks; none or null means any", "ipBlock[]")),
    ),
    Call(
        "DELETE",
        "/me/api/credential/{credentialId}",
        "Revoke a consumer key",
        "void",
        _expire,
        (_CREDENTIAL,),
        effects=(Effect.KEYS_REVOKED,),
    ),
    Call(
        "GET",
        "/me/api/credential/{credentialId}/application",
        "Get the application a consumer key was granted to",
        "api.Application",
        _application_of,
        (_CREDENTIAL,),
    ),
)
