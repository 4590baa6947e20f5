"""Applications of the signed-in person and the keys they granted: list, create, take back."""

from django import forms
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from linekey.domain.errors import NotFound
from linekey.records import pages
from linekey.usecases import withdraw_application
from linekey.usecases.create_application import LONGEST_DESCRIPTION, LONGEST_NAME, create_application
from linekey.web import notices
from linekey.web.forms import PlainForm
from linekey.web.integrations.rights import in_words
from linekey.web.session import SignedInRequest, require_recent, signed_in, to


class ApplicationForm(PlainForm):
    name = forms.CharField(label=gettext_lazy("Name of the application"), max_length=LONGEST_NAME)
    description = forms.CharField(
        label=gettext_lazy("What it is for"), max_length=LONGEST_DESCRIPTION, required=False
    )


@signed_in
def mine(request: SignedInRequest) -> HttpResponseBase:
    now = timezone.now()
    keys = [
        {
            "row": row,
            "status": row.status_at(now),
            "rights": in_words((rule["method"], rule["path"]) for rule in row.rules),
        }
        for row in reversed(pages.credentials(request.actor))
    ]
    facts = {"applications": pages.applications(request.actor), "keys": keys}
    return render(request, "linekey/integrations/applications.html", facts)


@signed_in
def create(request: SignedInRequest) -> HttpResponseBase:
    now = timezone.now()
    require_recent(request, now)
    form = ApplicationForm(request.POST or None)
    if form.is_valid():
        made = create_application(
            actor=request.actor,
            name=form.cleaned_data["name"],
            description=form.cleaned_data["description"],
            now=now,
        )
        return once(request, {"made": made, "name": form.cleaned_data["name"]})
    return render(request, "linekey/integrations/create_application.html", {"form": form})


def once(request: SignedInRequest, facts: dict[str, object]) -> HttpResponse:
    """New keys, shown this once; the answer to a POST, stored nowhere."""
    response = render(request, "linekey/integrations/keys.html", facts)
    response.headers["Cache-Control"] = "no-store"
    return response


@signed_in
def remove(request: SignedInRequest, application_id: int) -> HttpResponseBase:
    found = [row for row in pages.applications(request.actor) if row.id == application_id]
    if not found:
        raise NotFound()
    if request.method == "POST":
        withdraw_application.remove_application(
            actor=request.actor, application_id=application_id, now=timezone.now()
        )
        notices.leave(
            request,
            "success",
            gettext_noop("“%(name)s” was removed, and its keys no longer work."),
            name=found[0].name,
        )
        return to("applications")
    facts = {
        "title": _("Remove an application"),
        "object": found[0].name,
        "consequences": [
            _("Every key granted to it stops working at once, other people's included."),
            _("Scripts that use it are refused. This cannot be undone."),
        ],
        "button": _("Remove the application"),
    }
    return render(request, "linekey/integrations/withdraw.html", facts)


@signed_in
def revoke(request: SignedInRequest, credential_id: int) -> HttpResponseBase:
    found = [row for row in pages.credentials(request.actor) if row.id == credential_id]
    if not found:
        raise NotFound()
    if request.method == "POST":
        withdraw_application.expire(actor=request.actor, credential_id=credential_id, now=timezone.now())
        notices.leave(
            request,
            "success",
            gettext_noop("The key of “%(name)s” no longer works."),
            name=found[0].application_name,
        )
        return to("applications")
    facts = {
        "title": _("Revoke a key"),
        "object": found[0].application_name,
        "consequences": [
            _("This application can no longer act for you with this key, from now on."),
            _("To let it act again, it must ask for a new key."),
        ],
        "button": _("Revoke the key"),
    }
    return render(request, "linekey/integrations/withdraw.html", facts)
