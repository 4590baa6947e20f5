"""What is done to one webhook: test, send again, renew its secret, disable, enable, remove."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST

from linekey.records import pages
from linekey.records.pages import WebhookRow
from linekey.usecases import manage_webhook, send_webhook
from linekey.web import notices
from linekey.web.account.once import spend
from linekey.web.components import operation
from linekey.web.integrations.webhooks import named, once, shown_before
from linekey.web.session import SignedInRequest, require_recent, signed_in, to


@require_POST
@signed_in
def test(request: SignedInRequest, reference: str) -> HttpResponseBase:
    made = send_webhook.test(
        actor=request.actor, reference=reference, operation=operation.of(request), now=timezone.now()
    )
    notices.leave(
        request,
        "success",
        gettext_noop("A test is on its way."),
        gettext_noop("Reload this page in a moment to see what was answered."),
    )
    return to("webhook-delivery", reference, made)


@require_POST
@signed_in
def replay(request: SignedInRequest, reference: str, delivery: str) -> HttpResponseBase:
    send_webhook.replay(
        actor=request.actor,
        reference=reference,
        delivery=delivery,
        operation=operation.of(request),
        now=timezone.now(),
    )
    notices.leave(
        request,
        "success",
        gettext_noop("The event is on its way once more."),
        gettext_noop("It keeps its identifier: a receiver that has it already can tell."),
    )
    return to("webhook-delivery", reference, delivery)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def renew(request: SignedInRequest, reference: str) -> HttpResponseBase:
    row, now = _opened(request, reference)
    if request.method == "POST":
        if not spend(request):
            return shown_before(request)
        made = manage_webhook.renew(
            actor=request.actor, reference=reference, operation=operation.of(request), now=now
        )
        return once(request, made, row.name)
    consequences = [
        _("A new secret is shown to you once, and signs every event from now on."),
        _("The one in force now signs as well for 24 hours: change it in your system within that time."),
    ]
    return _ask(request, row, _("Renew the secret"), consequences, tone="primary")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def disable(request: SignedInRequest, reference: str) -> HttpResponseBase:
    row, now = _opened(request, reference)
    if request.method == "POST":
        return _done(request, row, manage_webhook.disable, now, gettext_noop("“%(name)s” is disabled."))
    consequences = [
        _("Nothing is sent to this system any more, and what happens meanwhile is not kept for it."),
        _("What waits now can be sent again by hand, once it is enabled."),
    ]
    return _ask(request, row, _("Disable the webhook"), consequences)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def enable(request: SignedInRequest, reference: str) -> HttpResponseBase:
    row, now = _opened(request, reference)
    if request.method == "POST":
        return _done(request, row, manage_webhook.enable, now, gettext_noop("“%(name)s” is enabled."))
    consequences = [_("Events are sent to this system again, from the next one on.")]
    return _ask(request, row, _("Enable the webhook"), consequences, tone="primary")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def remove(request: SignedInRequest, reference: str) -> HttpResponseBase:
    row, now = _opened(request, reference)
    if request.method == "POST":
        manage_webhook.remove(actor=request.actor, reference=reference, now=now)
        notices.leave(request, "success", gettext_noop("“%(name)s” was removed."), name=row.name)
        return to("webhooks")
    consequences = [
        _("Nothing is sent to this system any more. Its secret and the list of its events are erased."),
        _("This cannot be undone."),
    ]
    return _ask(request, row, _("Remove the webhook"), consequences)


def _opened(request: SignedInRequest, reference: str) -> tuple[WebhookRow, datetime]:
    now = timezone.now()
    row = pages.webhook(request.actor, reference, now=now)
    require_recent(request, now)
    return row, now


def _done(
    request: SignedInRequest, row: WebhookRow, act: Callable[..., None], now: datetime, told: str
) -> HttpResponseBase:
    act(actor=request.actor, reference=row.reference, now=now)
    notices.leave(request, "success", told, name=row.name)
    return to("webhook", row.reference)


def _ask(
    request: SignedInRequest,
    row: WebhookRow,
    title: str,
    consequences: Sequence[str],
    *,
    tone: str = "danger",
) -> HttpResponseBase:
    told = {
        "title": title,
        "object": named(row),
        "consequences": consequences,
        "button": title,
        "tone": tone,
        "operation": operation.fresh(),
        "cancel": reverse("webhook", args=[row.reference]),
    }
    return render(request, "linekey/integrations/webhook_ask.html", told)
