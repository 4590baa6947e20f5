"""`/exploitation/livraison`: open an internet access and send its first credentials to the contact (PPP-1).

The page checks the form of each value; the desk decides whether reference, login and contact may be used.
"""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db import IntegrityError
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_http_methods

from linekey.domain.errors import Malformed, NotFound
from linekey.domain.kinds import PPPOE_ACCESS
from linekey.records import pages
from linekey.usecases import deliver_access
from linekey.usecases.deliver_access import NewAccess
from linekey.web import notices
from linekey.web.components import operation
from linekey.web.forms import PlainForm
from linekey.web.session import SignedInRequest, signed_in, to
from linekey.web.staff.words import TECHNOLOGIES

_REFERENCE = RegexValidator(
    r"\A[a-z0-9][a-z0-9._-]*\Z",
    gettext_lazy("Use lower-case letters, digits, dots and dashes, as in xdsl-ab12345-1."),
)
_LOGIN = RegexValidator(
    r"\A[a-z0-9]{10}@[a-z0-9]([a-z0-9.-]*[a-z0-9])?\Z",
    gettext_lazy("Ten letters or digits, then @ and the realm, as in ab12345001@linekey.adsl."),
)
_CUSTOMER_ID = RegexValidator(
    r"\A[a-z0-9]+-[a-z0-9]+\Z", gettext_lazy("A customer ID looks like ab12345-lk.")
)

_TAKEN = {
    "reference": gettext_lazy("This reference is already taken."),
    "login": gettext_lazy("This login is already used by another access of this server."),
}


def _printable(value: str) -> None:
    if not value.isprintable():
        raise forms.ValidationError(gettext_lazy("This holds characters that cannot be typed."))


class LowerCase(forms.CharField):
    """A name of ours: blanks around it and capitals mean nothing."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value) or "").lower()


class DeliverForm(PlainForm):
    owner = LowerCase(
        label=gettext_lazy("Customer ID of the contact"),
        help_text=gettext_lazy("Login and password are mailed to this person."),
        max_length=20,
        validators=[_CUSTOMER_ID],
    )
    reference = LowerCase(
        label=gettext_lazy("Service reference"),
        help_text=gettext_lazy("The name of the access in scripts and on invoices: xdsl-ab12345-1."),
        max_length=60,
        validators=[_REFERENCE],
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("What the customer reads in their list."),
        max_length=120,
        validators=[_printable],
    )
    login = LowerCase(
        label=gettext_lazy("PPPoE login"),
        help_text=gettext_lazy("Ten letters or digits, @ and the realm. It never changes."),
        max_length=64,
        validators=[_LOGIN],
    )
    technology = forms.ChoiceField(
        label=gettext_lazy("Technology"), choices=list(TECHNOLOGIES.items()), initial="ftth"
    )
    element = forms.ChoiceField(label=gettext_lazy("RADIUS server"))

    def __init__(self, servers: list[str], *args: Any) -> None:
        super().__init__(*args)
        field = self.fields["element"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = [(server, server) for server in servers]
        if len(servers) == 1:
            field.widget, field.initial = forms.HiddenInput(), servers[0]
        for name in ("owner", "reference", "login"):
            self.fields[name].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}
        for each in self.fields.values():
            each.widget.attrs["autocomplete"] = "off"


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def page(request: SignedInRequest) -> HttpResponseBase:
    servers = pages.access_servers(request.actor, now=timezone.now())
    form = DeliverForm(servers, request.POST or None)
    if request.method == "POST" and form.is_valid() and _deliver(request, form):
        notices.leave(
            request,
            "success",
            gettext_noop("The access %(reference)s is open."),
            gettext_noop("Its first credentials are on their way to the contact. Follow it below."),
            reference=form.cleaned_data["reference"],
        )
        return to("staff-service", form.cleaned_data["reference"])
    shown = {
        "form": form,
        "servers": servers,
        "operation": request.POST.get("operation", "")[:64] or operation.fresh(),
        "crumbs": [(_("My services"), reverse("staff-services")), (_("Open an internet access"), "")],
    }
    return render(
        request, "linekey/staff/deliver.html", shown, status=422 if request.method == "POST" else 200
    )


def _deliver(request: SignedInRequest, form: DeliverForm) -> bool:
    """False when the desk refused; the form then says which value and why."""
    new, now = NewAccess(**form.cleaned_data), timezone.now()
    if not _free(request, new):
        form.add_error("reference", _TAKEN["reference"])
        return False
    try:
        deliver_access.deliver(actor=request.actor, new=new, operation=operation.of(request), now=now)
    except NotFound:
        form.add_error("owner", _("No account has this customer ID among those you can see."))
    except Malformed as wrong:
        if (field := str(wrong.values["field"])) not in _TAKEN:
            raise
        form.add_error(field, _TAKEN[field])
    except IntegrityError:
        # Somebody else was faster by less than a transaction.
        form.add_error("login", _TAKEN["login"])
    else:
        return True
    return False


def _free(request: SignedInRequest, new: NewAccess) -> bool:
    """A second press of the same button finds its own access, and that is all it may find."""
    try:
        known = pages.service(request.actor, new.reference, now=timezone.now())
    except NotFound:
        return True
    return known.row.kind == PPPOE_ACCESS.code and known.username == new.login
