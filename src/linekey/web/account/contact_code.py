"""`…/coordonnees/code/<reference>`: the code a new address or number answers with; another if it got lost."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from linekey.domain.contacts import Contact
from linekey.domain.errors import FlowOver, WrongCode
from linekey.domain.factors import Means
from linekey.domain.flows import FlowKind
from linekey.usecases import change_contact, prove_factor
from linekey.web import notices, session
from linekey.web.account.enrolled import over
from linekey.web.account.frame import frame
from linekey.web.forms import PlainForm, TypedSecretField, blame
from linekey.web.refusals import form_page
from linekey.web.session import SignedInRequest, require_recent, signed_in
from linekey.web.visitor import visitor_of

_USED = {
    Contact.EMAIL: gettext_noop("Your main e-mail address is changed: sign in with the new one from now on."),
    Contact.BACKUP: gettext_noop("Your backup e-mail address is verified."),
    Contact.PHONE: gettext_noop("Your phone number is verified."),
}


class CodeForm(PlainForm):
    code = TypedSecretField(
        label=gettext_lazy("Code received"),
        missing=gettext_lazy("Type the code."),
        inputmode="numeric",
        autocomplete="one-time-code",
        **{"class": "code"},
    )


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, reference: str) -> HttpResponseBase:
    return _page(request, reference)


@signed_in
def _page(request: SignedInRequest, reference: str) -> HttpResponseBase:
    now, visitor = timezone.now(), visitor_of(request)
    require_recent(request, now)
    form = CodeForm(request.POST or None)
    try:
        if request.method == "POST" and form.is_valid():
            try:
                contact = change_contact.confirm(
                    actor=request.actor,
                    reference=reference,
                    code=form.cleaned_data["code"],
                    visitor=visitor,
                    now=now,
                )
            except WrongCode as wrong:
                blame(form, "code", wrong)
            else:
                notices.leave(request, "success", _USED[contact])
                return session.to("account-contacts")
        flow = change_contact.look(actor=request.actor, reference=reference, visitor=visitor, now=now)
    except FlowOver as refusal:
        return over(request, refusal, "account-contacts")
    shown = frame("account-contacts", leaf=_("Code")) | {
        "form": form,
        "flow": flow,
        "reference": reference,
        "by_sms": flow.means is Means.SMS,
    }
    return form_page(request, "linekey/account/contact_code.html", shown)


@require_POST
@signed_in
def resend(request: SignedInRequest, reference: str) -> HttpResponseBase:
    now, visitor = timezone.now(), visitor_of(request)
    require_recent(request, now)
    try:
        flow = change_contact.look(actor=request.actor, reference=reference, visitor=visitor, now=now)
        prove_factor.send_code(
            kind=FlowKind.CONTACT, reference=reference, means=flow.means, visitor=visitor, now=now
        )
    except FlowOver as refusal:
        return over(request, refusal, "account-contacts")
    notices.leave(
        request,
        "success",
        gettext_noop("A new code is on its way."),
        gettext_noop("The one before no longer works."),
    )
    return session.to("account-contact-code", reference)
