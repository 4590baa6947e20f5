"""/telephony: billing accounts and their SIP lines; a new SIP password."""

from typing import Any

from linekey.api_ovh import sight
from linekey.api_ovh.calls import Asked, Call, Effect, in_body, in_path
from linekey.api_ovh.contacts import host_and_port
from linekey.api_ovh.shapes import moment_of_fact
from linekey.domain.errors import NotFound
from linekey.domain.kinds import SIP_LINE, Mode
from linekey.records import pages
from linekey.records.pages import ServicePage
from linekey.usecases import rotate_credential


def _accounts(asked: Asked) -> list[str]:
    return pages.billing_accounts(asked.actor)


def _account(asked: Asked) -> dict[str, Any]:
    wanted = asked.values["billingAccount"]
    if wanted not in pages.billing_accounts(asked.actor):
        raise NotFound()
    return {"billingAccount": wanted, "description": wanted, "status": "enabled"}


def _all_lines(asked: Asked) -> list[str]:
    return pages.service_references(asked.actor, kind=SIP_LINE.code)


def _lines(asked: Asked) -> list[str]:
    wanted = asked.values["billingAccount"]
    found = pages.service_references(asked.actor, kind=SIP_LINE.code, billing_account=wanted)
    if not found:
        raise NotFound()
    return found


def _line(asked: Asked) -> dict[str, Any]:
    page = _page(asked)
    return {
        "serviceName": page.row.reference,
        "serviceType": "line",
        "description": page.row.name,
        "canChangePassword": page.can_change,
        # 0 means that no handset of the operator is attached.
        "deviceSlot": 1 if page.managed_phone else 0,
        "isAttachedToOtherLinesPhone": False,
        "simultaneousLines": 1,
        "infrastructure": "sip",
        "getPublicOffer": {
            "name": page.row.licence or "line",
            "description": page.row.licence,
            "price": None,
        },
        "offers": [],
        "notifications": {"logs": {"email": None, "frequency": "Never", "sendIfNull": False}},
    }


def _can_change(asked: Asked) -> bool:
    return _page(asked).can_change


def _change(asked: Asked) -> None:
    """With a password: that one. Without: the owner gets a link which draws one; no answer ever holds it."""
    reference, new = _page(asked).row.reference, asked.values["password"]
    if new is not None:
        rotate_credential.change(
            actor=asked.actor,
            reference=reference,
            new=new,
            operation=asked.operation,
            now=asked.now,
            # What the dialect says of this call: the session is cut.
            mode=Mode.IMMEDIATE,
        )
    else:
        rotate_credential.send(
            actor=asked.actor, reference=reference, operation=asked.operation, now=asked.now
        )


def _registrations(asked: Asked) -> list[dict[str, Any]]:
    page = _page(asked)
    facts = sight.facts_of(asked.actor, page.row.reference)
    return [_registration(item, page.realm) for item in facts.get("registrations", [])]


def _registration(item: dict[str, Any], realm: str) -> dict[str, Any]:
    ip, port = host_and_port(item.get("received_from") or item.get("contact") or "")
    return {
        "datetime": moment_of_fact(item.get("registered_at")),
        "ip": ip,
        "port": port,
        "domain": realm,
        "userAgent": item.get("user_agent") or None,
    }


def _page(asked: Asked) -> ServicePage:
    """The line, when it stands under that very billing account. Raises NotFound."""
    page = pages.service(asked.actor, asked.values["serviceName"], now=asked.now)
    if page.row.kind != SIP_LINE.code or page.row.billing_account != asked.values["billingAccount"]:
        raise NotFound()
    return page


_ACCOUNT = in_path("billingAccount", "The name of the billing account")
_LINE = (_ACCOUNT, in_path("serviceName", "Reference of the line"))
CALLS = (
    Call("GET", "/telephony", "List the billing accounts", "string[]", _accounts),
    Call("GET", "/telephony/lines", "List the lines of every billing account", "string[]", _all_lines),
    Call(
        "GET",
        "/telephony/{billingAccount}",
        "Get a billing account",
        "telephony.BillingAccount",
        _account,
        (_ACCOUNT,),
    ),
    Call("GET", "/telephony/{billingAccount}/line", "List its lines", "string[]", _lines, (_ACCOUNT,)),
    Call(
        "GET", "/telephony/{billingAccount}/line/{serviceName}", "Get a line", "telephony.Line", _line, _LINE
    ),
    Call(
        "POST",
        "/telephony/{billingAccount}/line/{serviceName}/changePassword",
        "Change the SIP password; without one, its owner receives a one-time link to a drawn password",
        "void",
        _change,
        (*_LINE, in_body("password", "The new password", "password")),
        effects=(Effect.NEW_PASSWORD, Effect.SESSION_CUT),
    ),
    Call(
        "GET",
        "/telephony/{billingAccount}/line/{serviceName}/canChangePassword",
        "Can you choose the SIP password of this line?",
        "boolean",
        _can_change,
        _LINE,
    ),
    Call(
        "GET",
        "/telephony/{billingAccount}/line/{serviceName}/lastRegistrations",
        "List what is registered on the line",
        "telephony.RegistrationInformations[]",
        _registrations,
        _LINE,
    ),
)
