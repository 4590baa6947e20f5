"""`/services/{reference}/phone`: the handset of a line, its reset, and its first access (SIP-6)."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from linekey.api import shapes
from linekey.api.callers import actor_of
from linekey.api.describing import NOT_FOUND, SHOWN, changes, needs
from linekey.api.once import Once
from linekey.api.phones_shapes import Fetch, FirstAccess, LinePhone, NewPhone, Phone
from linekey.domain import errors
from linekey.domain.access import Action
from linekey.domain.phones import SipServer
from linekey.records import pages
from linekey.records.pages import PhonePage
from linekey.usecases import give_phone, reset_phone

_NONE = errors.NoPhone()
_HAS = errors.HasPhone(phone="Yealink T46U")
_TAKEN = errors.MacTaken()
_UNREADABLE = errors.Malformed(field="mac", why="it is twelve digits and letters, such as 00:15:65:AA:BB:CC")
router = Router(tags=["Handsets"])


@router.get(
    "/services/{reference}/phone",
    response=LinePhone,
    summary="Get the handset of a line",
    **needs(Action.SEE, NOT_FOUND),
)
def get_phone(request: HttpRequest, reference: str) -> LinePhone:
    """What it fetched in the last thirty days, and what about it is not as it was set up."""
    return _line_phone(request, reference)


@router.post(
    "/services/{reference}/phone",
    response={202: FirstAccess},
    summary="Give a line a handset",
    **changes(Action.GIVE_PHONE, _HAS, _TAKEN, _UNREADABLE, SHOWN),
)
def give_a_phone(request: HttpRequest, reference: str, once: Once, body: NewPhone) -> FirstAccess:
    """Nothing changes before it comes; from then on nobody types the password of this line."""
    asked = _asked(request, "give", once)
    return _told(
        give_phone.give(
            reference=reference,
            vendor=body.vendor,
            model=body.model,
            mac=body.mac,
            public_url=settings.LINEKEY_PROVISION_URL,
            **asked,
        )
    )


@router.delete(
    "/services/{reference}/phone",
    response=LinePhone,
    summary="Take the handset of a line away",
    **needs(Action.GIVE_PHONE, errors.NotAllowed(), NOT_FOUND, _NONE),
)
def take_a_phone(request: HttpRequest, reference: str) -> LinePhone:
    """It keeps the password it holds, until the line gets another."""
    give_phone.take(actor=actor_of(request), reference=reference, now=timezone.now())
    return _line_phone(request, reference)


@router.post(
    "/services/{reference}/phone/reset",
    response={202: shapes.Receipt},
    summary="Have the handset fetch a new password",
    **changes(Action.RESET, _NONE),
)
def reset_a_phone(request: HttpRequest, reference: str, once: Once) -> shapes.Receipt:
    """Nothing is cut: its present password works until it has come and used the new one."""
    receipt = reset_phone.reset(reference=reference, **_asked(request, "reset", once))
    return shapes.Receipt(reference=receipt.reference, plan=receipt.plan, version=receipt.version)


@router.post(
    "/services/{reference}/phone/first-access",
    response={202: FirstAccess},
    summary="Show a new first-access address",
    **changes(Action.RESET, _NONE, SHOWN),
)
def open_first_access(request: HttpRequest, reference: str, once: Once) -> FirstAccess:
    """For a handset which was reset to factory settings. The address shown before opens nothing any more."""
    asked = _asked(request, "first-access", once)
    return _told(
        give_phone.open_first_access(reference=reference, public_url=settings.LINEKEY_PROVISION_URL, **asked)
    )


def _asked(request: HttpRequest, call: str, once: str) -> dict[str, Any]:
    # The call takes part: the same name on another call is another request, and must not pass for done.
    actor = actor_of(request)
    return {
        "actor": actor,
        "operation": f"api:{actor.person_id}:phone-{call}:{once}",
        "now": timezone.now(),
    }


def _told(opened: give_phone.FirstAccess) -> FirstAccess:
    return FirstAccess(
        reference=opened.reference, address=opened.address.reveal(), expires_at=opened.expires_at
    )


def _line_phone(request: HttpRequest, reference: str) -> LinePhone:
    server = SipServer.of(settings.LINEKEY_SIP_SERVER, settings.LINEKEY_SIP_TRANSPORTS)
    found = pages.line_phone(actor_of(request), reference, server=server, now=timezone.now())
    return LinePhone(managed_phone=found.managed, phone=_phone(found.phone) if found.phone else None)


def _phone(page: PhonePage) -> Phone:
    return Phone(
        vendor=page.vendor,
        model=page.model,
        mac=page.mac,
        given_at=page.given_at,
        asked_at=page.asked_at,
        fetched_at=page.fetched_at,
        first_until=page.first_until,
        drifts=list(page.drifts),
        fetches=[
            Fetch(at=row.at, source=row.source, agent=row.agent, by=row.token, outcome=row.outcome)
            for row in page.fetches
        ],
    )
