"""An application and a consumer key for oneself at once, with rights that a link may have filled in (PPP-7).

`/createToken/?GET=/me&POST=/xdsl/*`: what guides to the OVH API link to.
"""

from django import forms
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linekey.domain.call_rules import METHODS
from linekey.domain.errors import Malformed
from linekey.usecases.create_application import create_with_key
from linekey.web.integrations.applications import ApplicationForm, once
from linekey.web.integrations.validity import ValidityForm
from linekey.web.session import SignedInRequest, require_recent, signed_in
from linekey.web.wording import sentence_of


class FirstKeyForm(ApplicationForm, ValidityForm):
    rights = forms.CharField(
        label=_("Rights"),
        help_text=_("One per line: GET, POST, PUT or DELETE, then a path. A star stands for anything."),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        max_length=40_000,
    )
    networks = forms.CharField(
        label=_("Only from these addresses"),
        help_text=_("One per line: an IP address or a CIDR block. Empty: from anywhere."),
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        required=False,
        max_length=10_000,
    )
    field_order = ("name", "description", "rights", "networks", "lasts")

    def rules(self) -> list[tuple[str, str]]:
        lines = [line.split(None, 1) for line in self.cleaned_data["rights"].splitlines() if line.strip()]
        return [(line[0].upper(), line[1].strip() if len(line) > 1 else "") for line in lines]


@signed_in
def create(request: SignedInRequest) -> HttpResponseBase:
    now = timezone.now()
    require_recent(request, now)
    form = FirstKeyForm(request.POST or None, initial={"rights": _asked(request)})
    if form.is_valid():
        try:
            made, consumer_key = create_with_key(
                actor=request.actor,
                name=form.cleaned_data["name"],
                description=form.cleaned_data["description"],
                rules=form.rules(),
                allowed_ips=form.cleaned_data["networks"].split(),
                lasts=form.duration(),
                now=now,
            )
        except Malformed as why:
            field = {"allowedIPs": "networks", "name": "name", "description": "description"}
            form.add_error(field.get(str(why.values["field"]), "rights"), sentence_of(why))
        else:
            return once(
                request, {"made": made, "name": form.cleaned_data["name"], "consumer_key": consumer_key}
            )
    return render(request, "linekey/integrations/create_key.html", {"form": form})


def _asked(request: SignedInRequest) -> str:
    """Rights of the query string, one per line."""
    return "\n".join(f"{method} {path}" for method in METHODS for path in request.GET.getlist(method))
