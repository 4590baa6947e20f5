"""`/membres/inviter`: open an account for a colleague, or for somebody of a company below (TEAM-10)."""

from typing import Any, cast

from django import forms
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_http_methods

from linekey.domain.access import MAY, Action, Role
from linekey.domain.errors import AddressRefused, HasPrimaryAdministrator, Malformed, NotAllowed
from linekey.records import pages
from linekey.records.pages import InvitedTo
from linekey.usecases import invite_member, read_contact
from linekey.web import asked, notices
from linekey.web.account.once import spend
from linekey.web.components import operation
from linekey.web.forms import PlainForm, blame
from linekey.web.refusals import form_page
from linekey.web.session import SignedInRequest, require_recent, to
from linekey.web.staff.doors import desk_only
from linekey.web.templatetags.desk import role_name


class InviteForm(PlainForm):
    first_name = forms.CharField(label=gettext_lazy("First name"), max_length=80)
    last_name = forms.CharField(label=gettext_lazy("Last name"), max_length=80)
    email = forms.CharField(
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy("The activation link goes there. It signs them in afterwards."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"))
    phone = forms.CharField(
        label=gettext_lazy("Phone number"),
        help_text=gettext_lazy("Optional. One of your own lines signs them in too, with their extension."),
        required=False,
        max_length=40,
    )
    extension = forms.CharField(label=gettext_lazy("Extension"), required=False, max_length=10)

    def __init__(self, data: Any, place: InvitedTo) -> None:
        super().__init__(data)
        role = cast(forms.ChoiceField, self.fields["role"])
        role.choices = [(each.value, role_name(each)) for each in place.roles]


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
def page(request: SignedInRequest) -> HttpResponseBase:
    now, actor = timezone.now(), request.actor
    if actor.role not in MAY[Action.INVITE]:
        raise NotAllowed()
    place = pages.invited_to(actor, asked.whole(request, "organisation"))
    require_recent(request, now)
    form = InviteForm(request.POST or None, place)
    if request.method == "POST" and form.is_valid():
        if not spend(request):
            return _already(request)
        typed = form.cleaned_data
        named = str(place.organisation_id) if place.below else ""
        try:
            customer_id = invite_member.invite(
                actor=actor,
                **{**typed, "role": Role(typed["role"])},
                organisation=named,
                now=now,
            )
        except (Malformed, AddressRefused, HasPrimaryAdministrator) as refusal:
            blame(form, _field_of(refusal, typed["email"]), refusal)
        else:
            return _invited(request, typed["email"], customer_id)
    shown = {
        "form": form,
        "place": place,
        "operation": operation.fresh(),
        "crumbs": [(_("Members"), reverse("members")), (_("Invite"), "")],
    }
    return form_page(request, "linekey/members/invite.html", shown)


def _field_of(refusal: Malformed | AddressRefused | HasPrimaryAdministrator, email: str) -> str:
    if isinstance(refusal, HasPrimaryAdministrator):
        return "role"
    if isinstance(refusal, Malformed):
        return str(refusal.values["field"])
    try:
        read_contact.email(email)
    except AddressRefused:
        return "email"
    return "phone"


def _invited(request: SignedInRequest, email: str, customer_id: str) -> HttpResponseBase:
    """Whoever has the address already is not named here: it may be another company's."""
    title = gettext_noop("The invitation to %(email)s is on its way. Customer ID: %(customer_id)s.")
    text = gettext_noop("Whoever has an account with this address already is told so by e-mail instead.")
    notices.leave(request, "success", title, text, email=email, customer_id=customer_id)
    return to("members")


def _already(request: SignedInRequest) -> HttpResponseBase:
    title = gettext_noop("This invitation was sent already.")
    notices.leave(request, "warning", title, gettext_noop("Nothing was sent twice."))
    return to("members")
