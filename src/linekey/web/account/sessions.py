"""`/compte/sessions`: where somebody is signed in as this person, and which browsers are known or trusted.

Ending access asks for no proof: whoever notices a stranger must be able to throw them out at once.
"""

from dataclasses import dataclass

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST, require_safe

from linekey.domain.errors import NotFound
from linekey.records import pages
from linekey.records.pages import DeviceRow, SessionRow
from linekey.usecases import end_session
from linekey.web import asked, notices, session
from linekey.web.account.devices import Told, in_words
from linekey.web.account.frame import frame
from linekey.web.session import SignedInRequest, signed_in


@dataclass(frozen=True)
class Opened:
    row: SessionRow
    device: Told
    method: str


@dataclass(frozen=True)
class Known:
    row: DeviceRow
    device: Told


@require_safe
@signed_in
def page(request: SignedInRequest) -> HttpResponseBase:
    now = timezone.now()
    opened = [
        Opened(row, in_words(row.told), method_in_words(row.method))
        for row in pages.sessions(request.actor, now)
    ]
    shown = frame("account-sessions") | {
        "sessions": opened,
        "devices": [Known(row, in_words(row.told)) for row in pages.devices(request.actor, now)],
    }
    return render(request, "linekey/account/sessions.html", shown)


@require_POST
@signed_in
def end(request: SignedInRequest, session_id: int) -> HttpResponseBase:
    end_session.end(actor=request.actor, session_id=_fits(session_id), now=timezone.now())
    notices.leave(
        request, "success", gettext_noop("This session has ended: that browser must sign in again.")
    )
    return session.to("account-sessions")


@require_POST
@signed_in
def end_others(request: SignedInRequest) -> HttpResponseBase:
    end_session.end_others(actor=request.actor, now=timezone.now())
    notices.leave(request, "success", gettext_noop("Every other session has ended. You stay signed in here."))
    return session.to("account-sessions")


@require_POST
@signed_in
def forget(request: SignedInRequest, device_id: int) -> HttpResponseBase:
    end_session.forget_device(actor=request.actor, device_id=_fits(device_id), now=timezone.now())
    title = gettext_noop("This browser is forgotten: it is treated as a new one from now on.")
    notices.leave(request, "success", title)
    return session.to("account-sessions")


def method_in_words(method: str) -> str:
    """What opened a session."""
    return {
        "password": _("with the password"),
        "totp": _("with the password and an application"),
        "key": _("with the password and a security key"),
        "passkey": _("with a passkey"),
        "recovery_code": _("with the password and a recovery code"),
        "mail": _("with the password and an e-mailed code"),
        "sms": _("with the password and a code by SMS"),
        "activation": _("by activating the account"),
    }.get(method, method)


def _fits(number: int) -> int:
    """Raises NotFound for what no database can count to."""
    if number > asked.LARGEST:
        raise NotFound()
    return number
