"""/xdsl: internet accesses; a new PPPoE password by mail (PPP-4), what RADIUS said."""

from typing import Any

from linekey.api_ovh import sight
from linekey.api_ovh.calls import Asked, Call, Effect, in_path
from linekey.api_ovh.shapes import moment_of_fact
from linekey.domain.errors import NotFound
from linekey.domain.kinds import PPPOE_ACCESS, Mode
from linekey.records import pages
from linekey.records.pages import ServicePage
from linekey.usecases import rotate_credential

_STATES = {"active": "active", "suspended": "close", "closed": "terminated"}
"""Our state of a service → the nearest word of xdsl.AccessStatusEnum."""


def _accesses(asked: Asked) -> list[str]:
    return pages.service_references(asked.actor, kind=PPPOE_ACCESS.code)


def _access(asked: Asked) -> dict[str, Any]:
    row = _page(asked).row
    return {
        "accessName": row.reference,
        "accessType": row.technology,
        "description": row.name,
        "status": _STATES[row.state],
        "role": "main",
        "packName": None,
        "monitoring": False,
        "capabilities": {"canGetRadiusConnectionLogs": True, "canResetDslamPort": False},
    }


def _request_login_mail(asked: Asked) -> None:
    reference = _page(asked).row.reference
    rotate_credential.send(
        actor=asked.actor,
        reference=reference,
        operation=asked.operation,
        now=asked.now,
        # What the dialect says of this call: the session is cut.
        mode=Mode.IMMEDIATE,
    )


def _log(asked: Asked) -> list[dict[str, Any]]:
    facts = sight.facts_of(asked.actor, _page(asked).row.reference)
    return [
        {
            "date": moment_of_fact(line["at"]),
            "login": line["login"],
            "state": line["state"],
            "message": line["message"],
        }
        for line in facts.get("log", [])
    ]


def _page(asked: Asked) -> ServicePage:
    page = pages.service(asked.actor, asked.values["serviceName"], now=asked.now)
    if page.row.kind != PPPOE_ACCESS.code:
        raise NotFound()
    return page


_NAME = (in_path("serviceName", "Reference of the access, as its page shows it"),)
CALLS = (
    Call("GET", "/xdsl", "List the accesses", "string[]", _accesses),
    Call("GET", "/xdsl/{serviceName}", "Get an access", "xdsl.Access", _access, _NAME),
    Call(
        "POST",
        "/xdsl/{serviceName}/requestPPPLoginMail",
        "Renew the PPP password and send the PPP login information to the contact of the access",
        "void",
        _request_login_mail,
        _NAME,
        effects=(Effect.NEW_PASSWORD, Effect.SESSION_CUT),
    ),
    Call(
        "GET",
        "/xdsl/{serviceName}/radiusConnectionLogs",
        "List the last connections, as RADIUS saw them",
        "xdsl.RadiusConnectionLog[]",
        _log,
        _NAME,
    ),
)
