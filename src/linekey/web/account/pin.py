"""`/compte/pin`: the digits asked for beside the password when that changes (TEAM-1), set or taken away."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from linekey.domain.errors import NotFound, PinRefused, WrongPin
from linekey.records import pages
from linekey.usecases import set_pin
from linekey.web import notices, session
from linekey.web.account.fields import PinField
from linekey.web.account.frame import frame
from linekey.web.forms import PlainForm, blame
from linekey.web.refusals import form_page
from linekey.web.session import SignedInRequest, require_recent, signed_in


class CurrentPinForm(PlainForm):
    current = PinField(label=gettext_lazy("Current PIN"))


class PinForm(PlainForm):
    pin = PinField(
        label=gettext_lazy("New PIN"),
        help_text=gettext_lazy("6 to 10 digits, not all the same and not in a row."),
    )
    again = PinField(label=gettext_lazy("The same PIN again"))

    def clean_again(self) -> object:
        again, pin = self.cleaned_data["again"], self.cleaned_data.get("pin")
        if pin is not None and pin != again:
            self.add_error("again", _("This is not the PIN typed above."))
        return again


class ChangedPinForm(PinForm, CurrentPinForm):
    """The current one stands first."""


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponseBase:
    return _page(request)


@signed_in
def _page(request: SignedInRequest) -> HttpResponseBase:
    now = timezone.now()
    require_recent(request, now)
    has_pin = pages.account(request.actor).has_pin
    form = (ChangedPinForm if has_pin else PinForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        new, current = form.cleaned_data["pin"], form.cleaned_data.get("current")
        try:
            set_pin.set_pin(actor=request.actor, pin=new, current=current, now=now)
        except PinRefused as refused:
            blame(form, "pin", refused)
        except WrongPin as refused:
            blame(form, "current", refused)
        else:
            notices.leave(
                request,
                "success",
                gettext_noop("Your PIN is set."),
                gettext_noop("It is asked for beside the password whenever that changes."),
            )
            return session.to("account-password")
    shown = frame("account-password", leaf=_("PIN")) | {
        "form": form,
        "has_pin": has_pin,
    }
    return form_page(request, "linekey/account/pin.html", shown)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest) -> HttpResponseBase:
    return _remove(request)


@signed_in
def _remove(request: SignedInRequest) -> HttpResponseBase:
    now = timezone.now()
    require_recent(request, now)
    if not pages.account(request.actor).has_pin:
        raise NotFound()
    form = CurrentPinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            set_pin.set_pin(actor=request.actor, pin=None, current=form.cleaned_data["current"], now=now)
        except WrongPin as refused:
            blame(form, "current", refused)
        else:
            notices.leave(request, "success", gettext_noop("Your PIN is removed."))
            return session.to("account-password")
    shown = frame("account-password", leaf=_("PIN")) | {"form": form}
    return form_page(request, "linekey/account/pin_remove.html", shown)
