"""`/webhooks`: which systems are told of what happens in one's branch, and what became of each event.

The secret is shown once, in the answer to the form that made it; a lost one is renewed.
"""

import json

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from linekey.domain.errors import Malformed, TooManyThings
from linekey.domain.webhooks import EVENTS, LONGEST_NAME, LONGEST_URL, SUBJECTS, TYPES
from linekey.records import pages
from linekey.records.pages import WebhookRow
from linekey.usecases import manage_webhook
from linekey.usecases.manage_webhook import NewSecret
from linekey.web import notices
from linekey.web.account.once import spend
from linekey.web.components import operation
from linekey.web.forms import PlainForm, blame
from linekey.web.refusals import form_page
from linekey.web.session import SignedInRequest, require_recent, signed_in, to

STATES = {
    "waiting": ("info", gettext_noop("waiting")),
    "delivered": ("success", gettext_noop("delivered")),
    "failed": ("danger", gettext_noop("failed")),
}


class WebhookForm(PlainForm):
    name = forms.CharField(
        label=gettext_lazy("Name of the system"),
        help_text=gettext_lazy("So that you recognise it: “ERP”, “Supervision”."),
        max_length=LONGEST_NAME,
    )
    url = forms.CharField(
        label=gettext_lazy("Address"),
        help_text=gettext_lazy("Where events are posted to, beginning with https://."),
        max_length=LONGEST_URL,
        widget=forms.URLInput(attrs={"spellcheck": "false", "placeholder": "https://"}),
    )
    types = forms.MultipleChoiceField(
        label=gettext_lazy("Events"),
        help_text=gettext_lazy("None ticked: all of them, those of later versions included."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        types = self.fields["types"]
        assert isinstance(types, forms.MultipleChoiceField)  # noqa: S101
        types.choices = [(event.name, _(event.told)) for event in EVENTS]

    @property
    def subjects(self) -> list[tuple[str, list[forms.boundfield.BoundWidget]]]:
        """The boxes under what they are about."""
        boxes = {box.data["value"]: box for box in self["types"]}
        return [
            (_(title), [boxes[event.name] for event in EVENTS if event.subject in words])
            for title, words in SUBJECTS.items()
        ]


@require_safe
@signed_in
def page(request: SignedInRequest) -> HttpResponseBase:
    rows = pages.webhooks(request.actor, now=timezone.now())
    return render(request, "linekey/integrations/webhooks.html", {"webhooks": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def create(request: SignedInRequest) -> HttpResponseBase:
    now = timezone.now()
    pages.webhooks(request.actor, now=now)
    require_recent(request, now)
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not spend(request):
            return shown_before(request)
        try:
            made = manage_webhook.add(
                actor=request.actor,
                name=form.cleaned_data["name"],
                url=form.cleaned_data["url"],
                types=form.cleaned_data["types"],
                operation=operation.of(request),
                clear=bool(settings.LINEKEY_WEBHOOK_NETWORKS),
                now=now,
            )
        except (Malformed, TooManyThings) as refusal:
            blame(form, str(refusal.values.get("field", "name")), refusal)
        else:
            return once(request, made, form.cleaned_data["name"])
    shown = {"form": form, "operation": operation.fresh()}
    return form_page(request, "linekey/integrations/webhook_new.html", shown)


@require_safe
@signed_in
def one(request: SignedInRequest, reference: str) -> HttpResponseBase:
    now = timezone.now()
    row = pages.webhook(request.actor, reference, now=now)
    after = request.GET.get("apres", "")
    rows, older = pages.deliveries(request.actor, reference, now=now, after=after)
    shown = {
        "webhook": row,
        "events": [_(TYPES[name].told) for name in row.types if name in TYPES],
        "overlaps": row.before_until is not None and row.before_until > now,
        "deliveries": [(each, *_state(each.state)) for each in rows],
        "after": after,
        "older": older,
        "operation": operation.fresh(),
    }
    return render(request, "linekey/integrations/webhook.html", shown)


@require_safe
@signed_in
def sent(request: SignedInRequest, reference: str, delivery: str) -> HttpResponseBase:
    """One event: what is sent, and what was answered."""
    now = timezone.now()
    row = pages.webhook(request.actor, reference, now=now)
    found = pages.delivery(request.actor, reference, delivery, now=now)
    tone, state = _state(found.row.state)
    shown = {
        "webhook": row,
        "delivery": found.row,
        "tone": tone,
        "state": state,
        "body": json.dumps(json.loads(found.body), indent=2, ensure_ascii=False),
        "number": found.request,
        "operation": operation.fresh(),
    }
    return render(request, "linekey/integrations/webhook_delivery.html", shown)


def once(request: SignedInRequest, made: NewSecret, name: str) -> HttpResponse:
    """A secret, shown this once; the answer to a POST, stored nowhere."""
    response = render(request, "linekey/integrations/webhook_made.html", {"made": made, "name": name})
    response.headers["Cache-Control"] = "no-store"
    return response


def shown_before(request: SignedInRequest) -> HttpResponseBase:
    notices.leave(
        request,
        "warning",
        gettext_noop("This secret was already shown once, and cannot be shown again."),
        gettext_noop("If you did not note it, renew the secret of the webhook."),
    )
    return to("webhooks")


def _state(code: str) -> tuple[str, str]:
    """Tone and words."""
    tone, words = STATES[code]
    return tone, _(words)


def named(row: WebhookRow) -> str:
    return f"{row.name} – {row.host}"
