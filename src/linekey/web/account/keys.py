"""`/compte/cles-d-acces`: what the person's programs present to the API: list, generate, revoke (TEAM-5).

The secret is shown once, in the answer to the form that made it; a lost one means a new key.
"""

from datetime import date, datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from linekey.domain.access import Role, Scope, scopes_for
from linekey.domain.errors import Malformed, NotFound, TooManyThings
from linekey.records import pages
from linekey.usecases import manage_access_key
from linekey.web import notices, session
from linekey.web.account.ask import ask
from linekey.web.account.fields import NameField
from linekey.web.account.frame import frame
from linekey.web.account.once import spend
from linekey.web.components import operation
from linekey.web.forms import PlainForm, blame
from linekey.web.refusals import form_page
from linekey.web.session import SignedInRequest, require_recent, signed_in

USUALLY_LASTS = timedelta(days=365)
SCOPES = (
    (Scope.READ.value, gettext_lazy("See services and what becomes of a change")),
    (Scope.CREDENTIALS.value, gettext_lazy("Change, reset and send the credentials of services")),
    (Scope.MEMBERS.value, gettext_lazy("See and help the members of your organisation")),
    (Scope.CASES.value, gettext_lazy("Read support cases and work on them")),
    (Scope.AUDIT.value, gettext_lazy("Read, export and verify the audit trail")),
    (Scope.SETTINGS.value, gettext_lazy("Read and set policies and the settings of licences")),
)


class KeyForm(PlainForm):
    name = NameField(
        label=gettext_lazy("Name of the key"),
        help_text=gettext_lazy("The program or the machine that will hold it."),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"),
        choices=SCOPES,
        widget=forms.CheckboxSelectMultiple,
        initial=[Scope.READ.value],
        error_messages={"required": gettext_lazy("Tick at least one right.")},
    )
    networks = forms.CharField(
        label=gettext_lazy("Only from these addresses"),
        help_text=gettext_lazy("One per line: an IP address or a CIDR block. Empty: from anywhere."),
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        required=False,
        max_length=10_000,
    )
    last_day = forms.DateField(
        label=gettext_lazy("Last day"),
        help_text=gettext_lazy(
            "It stops working at the end of that day. Empty: without end, until you revoke it."
        ),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        required=False,
        error_messages={"invalid": gettext_lazy("Type a date.")},
    )

    def __init__(self, role: Role, data: Any = None, **kwargs: Any) -> None:
        """`role`: a right which the owner does not have is not offered to their keys."""
        super().__init__(data, **kwargs)
        useful = scopes_for(role)
        scopes = cast(forms.MultipleChoiceField, self.fields["scopes"])
        scopes.choices = [(code, words) for code, words in SCOPES if code in useful]

    def clean_last_day(self) -> date | None:
        day: date | None = self.cleaned_data["last_day"]
        if day is not None and not timezone.localdate() <= day < date.max:
            raise forms.ValidationError(_("This day is past, or too far away."))
        return day

    def expires_at(self) -> datetime | None:
        """Midnight after the last day, where the operator is."""
        day: date | None = self.cleaned_data["last_day"]
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time())) if day else None


@require_safe
@signed_in
def page(request: SignedInRequest) -> HttpResponseBase:
    rows = pages.access_keys(request.actor, timezone.now())
    shown = frame("account-keys") | {
        "keys": [row for row in rows if row.live],
        "ended": [row for row in rows if not row.live],
    }
    return render(request, "linekey/account/keys.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def create(request: SignedInRequest) -> HttpResponseBase:
    now = timezone.now()
    require_recent(request, now)
    form = KeyForm(
        request.actor.role,
        request.POST or None,
        initial={"last_day": timezone.localdate() + USUALLY_LASTS},
    )
    if request.method == "POST" and form.is_valid():
        if not spend(request):
            title = gettext_noop("This secret key was already shown once, and cannot be shown again.")
            notices.leave(
                request,
                "warning",
                title,
                gettext_noop("If you did not note it, revoke the key and generate a new one."),
            )
            return session.to("account-keys")
        try:
            made = manage_access_key.create(
                actor=request.actor,
                name=form.cleaned_data["name"],
                scopes=frozenset(Scope(scope) for scope in form.cleaned_data["scopes"]),
                networks=form.cleaned_data["networks"].split(),
                expires_at=form.expires_at(),
                now=now,
            )
        except (Malformed, TooManyThings) as refusal:
            named = str(refusal.values.get("field", ""))
            blame(form, {"networks": "networks", "expires_at": "last_day"}.get(named, "name"), refusal)
        else:
            shown = frame("account-keys", leaf=_("New key")) | {
                "made": made,
                "name": form.cleaned_data["name"],
            }
            return render(request, "linekey/account/key_made.html", shown)
    shown = frame("account-keys", leaf=_("New key")) | {"form": form, "operation": operation.fresh()}
    return form_page(request, "linekey/account/key_new.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def revoke(request: SignedInRequest, key_id: str) -> HttpResponseBase:
    now = timezone.now()
    found = next((row for row in pages.access_keys(request.actor, now) if row.key_id == key_id), None)
    if found is None or found.revoked_at is not None:
        raise NotFound()
    require_recent(request, now)
    if request.method == "POST":
        manage_access_key.revoke(actor=request.actor, key_id=key_id, now=now)
        title = gettext_noop("The key “%(name)s” no longer works.")
        notices.leave(request, "success", title, name=found.name)
        return session.to("account-keys")
    told = {
        "title": _("Revoke the key"),
        "object": f"{found.name} – {found.key_id}",
        "consequences": [
            _("Programs which use it are refused at once, with the tokens they exchanged it for."),
            _("This cannot be undone. To let them in again, generate a new key."),
        ],
        "button": _("Revoke the key"),
        "cancel": reverse("account-keys"),
    }
    return ask(request, "account-keys", told)
