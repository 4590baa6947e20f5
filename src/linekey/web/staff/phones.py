"""`…/poste/donner`, `…/poste/retirer`: give a line a Plug & Phone handset, and take it away (SIP-3)."""

from django import forms
from django.conf import settings
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_http_methods

from linekey.domain.access import MAY, Action
from linekey.domain.errors import HasPhone, MacTaken, Malformed, NoPhone, NotAllowed
from linekey.domain.phones import LONGEST_MODEL, VENDORS
from linekey.records.pages import LinePhone, ServicePage
from linekey.usecases import give_phone
from linekey.web import notices
from linekey.web.components import operation, phone
from linekey.web.components.subject import subject_of
from linekey.web.customer.line import find
from linekey.web.customer.line_phone import ask, show
from linekey.web.forms import PlainForm, blame
from linekey.web.refusals import form_page
from linekey.web.session import SignedInRequest, require_recent, to
from linekey.web.staff.doors import desk_only
from linekey.web.staff.service import crumbs

_LONGEST_MAC = 40


class PhoneForm(PlainForm):
    vendor = forms.ChoiceField(
        label=gettext_lazy("Make"), choices=[(each.code, each.label) for each in VENDORS.values()]
    )
    model = forms.CharField(
        label=gettext_lazy("Model"),
        max_length=LONGEST_MODEL,
        help_text=gettext_lazy("As on the label: T46U, D785, Desktop."),
    )
    mac = forms.CharField(
        label=gettext_lazy("MAC address"),
        max_length=_LONGEST_MAC,
        required=False,
        help_text=gettext_lazy("Twelve digits and letters on the label. A softphone has none."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
def give(request: SignedInRequest, reference: str) -> HttpResponseBase:
    found, held = _ready(request, reference)
    if held.phone is not None:
        raise HasPhone(phone=held.phone.name)
    form = PhoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            opened = give_phone.give(
                actor=request.actor,
                reference=reference,
                public_url=settings.LINEKEY_PROVISION_URL,
                operation=operation.of(request),
                now=timezone.now(),
                **form.cleaned_data,
            )
        except Malformed as refusal:
            if refusal.values["field"] not in form.fields:
                raise
            blame(form, str(refusal.values["field"]), refusal)
        except MacTaken as refusal:
            blame(form, "mac", refusal)
        else:
            return show(request, found, opened)
    shown = {
        "title": _("Give the line a handset"),
        "object": subject_of(found),
        "crumbs": crumbs(found, _("Give the line a handset")),
        "form": form,
        "operation": operation.fresh(),
        "back": reverse("line-phone", args=[reference]),
    }
    return form_page(request, "linekey/staff/phone_give.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
def take(request: SignedInRequest, reference: str) -> HttpResponseBase:
    found, held = _ready(request, reference)
    if not held.managed:
        raise NoPhone()
    if request.method == "POST":
        give_phone.take(actor=request.actor, reference=reference, now=timezone.now())
        title = gettext_noop("The handset %(phone)s was taken away.")
        text = gettext_noop("It keeps the password it holds: reset the password of the line to shut it out.")
        notices.leave(request, "success", title, text, phone=held.managed)
        return to("line-phone", reference)
    consequences = [
        _("The handset can fetch nothing any more."),
        _("It keeps the password it holds, and stays registered until the line gets another one."),
        _("From then on the password of the line can be typed, reset and sent again."),
    ]
    title = _("Take the handset %(phone)s away") % {"phone": held.managed}
    return ask(request, found, title, consequences, _("Take the handset away"), tone="danger")


def _ready(request: SignedInRequest, reference: str) -> tuple[ServicePage, LinePhone]:
    """The line and its handset, once everything that would refuse the form has been asked."""
    now = timezone.now()
    found = find(request, reference, now)
    if request.actor.role not in MAY[Action.GIVE_PHONE]:
        raise NotAllowed()
    require_recent(request, now)
    held: LinePhone = phone.shown(request.actor, reference, now)["handset"]
    return found, held
