"""`/telephonie/<reference>/poste`: the handset of a line, what it fetched, and its reset (SIP-6)."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from linekey.domain.errors import NoPhone
from linekey.domain.phones import FIRST_LASTS
from linekey.domain.phones_care import COMES_WITHIN
from linekey.records.pages import ServicePage
from linekey.usecases import give_phone, reset_phone
from linekey.usecases.give_phone import FirstAccess
from linekey.web import notices
from linekey.web.components import operation, phone
from linekey.web.components.subject import subject_of
from linekey.web.components.timeline import story
from linekey.web.customer.line import find, frame
from linekey.web.session import SignedInRequest, require_recent, signed_in, to


@require_safe
@signed_in
def page(request: SignedInRequest, reference: str) -> HttpResponseBase:
    now = timezone.now()
    found = find(request, reference, now)
    shown = frame(found, "line-phone") | phone.shown(request.actor, reference, now)
    shown |= {
        "story": story(found, now) if shown["handset"].phone else None,
        "story_address": reverse("line-progress", args=[reference]),
        "story_cut": reverse("line-cut", args=[reference]),
    }
    return render(request, "linekey/customer/line_phone.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def reset(request: SignedInRequest, reference: str) -> HttpResponseBase:
    found = _ready(request, reference)
    if request.method == "POST":
        reset_phone.reset(
            actor=request.actor, reference=reference, operation=operation.of(request), now=timezone.now()
        )
        title = gettext_noop("The handset is asked to fetch a new password.")
        notices.leave(request, "success", title, gettext_noop("Follow it below."))
        return to("line-phone", reference)
    days = COMES_WITHIN.days
    consequences = [
        _("The handset is told to fetch its configuration, with a new password, by itself."),
        _("Nothing is cut: its present password works until it has used the new one."),
        ngettext(
            "If it is unplugged, it gets it when it is back; after %(count)d day this page says so.",
            "If it is unplugged, it gets it when it is back; after %(count)d days this page says so.",
            days,
        )
        % {"count": days},
    ]
    return ask(request, found, _("Reset the handset"), consequences, _("Reset the handset"))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def open_first(request: SignedInRequest, reference: str) -> HttpResponseBase:
    found = _ready(request, reference)
    if request.method == "POST":
        opened = give_phone.open_first_access(
            actor=request.actor,
            reference=reference,
            public_url=settings.LINEKEY_PROVISION_URL,
            operation=operation.of(request),
            now=timezone.now(),
        )
        return show(request, found, opened)
    consequences = [
        _("A new address is shown once: type it into the handset, which sets itself up from there."),
        ngettext(
            "It works for %(count)d day, until the handset has come back by itself.",
            "It works for %(count)d days, until the handset has come back by itself.",
            FIRST_LASTS.days,
        )
        % {"count": FIRST_LASTS.days},
        _("Whoever has this address has the line: give it to nobody."),
        _("Nothing is cut: what is registered stays until the new password is used."),
    ]
    return ask(request, found, _("Open the first access again"), consequences, _("Show the address"))


def ask(
    request: SignedInRequest,
    found: ServicePage,
    title: str,
    consequences: Sequence[str],
    button: str,
    *,
    tone: str = "primary",
) -> HttpResponseBase:
    shown = _around(found, title) | {
        "title": title,
        "object": subject_of(found),
        "consequences": consequences,
        "button": button,
        "tone": tone,
        "operation": operation.fresh(),
        "cancel": reverse("line-phone", args=[found.row.reference]),
    }
    return render(request, "linekey/customer/line_phone_ask.html", shown)


def show(request: SignedInRequest, found: ServicePage, opened: FirstAccess) -> HttpResponseBase:
    """The one page which holds the address of a first access (law 6)."""
    shown = _around(found, _("First access")) | {
        "opened": opened,
        "back": reverse("line-phone", args=[found.row.reference]),
    }
    response = render(request, "linekey/customer/line_phone_opened.html", shown)
    response.headers["Cache-Control"] = "no-store"
    return response


def _around(found: ServicePage, leaf: str) -> dict[str, Any]:
    return frame(found, "line-phone", leaf=leaf)


def _ready(request: SignedInRequest, reference: str) -> ServicePage:
    """The line, once everything that would refuse the form has been asked. Raises what the desk would."""
    now = timezone.now()
    found = find(request, reference, now)
    if not phone.shown(request.actor, reference, now)["handset"].can_reset:
        raise NoPhone()
    require_recent(request, now)
    return found
