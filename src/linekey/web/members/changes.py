"""Unlock, enable, disable, another role, no second factor: GET names whom and what follows, POST does it."""

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_http_methods

from linekey.domain.access import Action, Role
from linekey.domain.members import DisabledFor
from linekey.records.pages import MemberPage
from linekey.usecases import clear_factors as clearing
from linekey.usecases import manage_member, unlock_member
from linekey.web import notices
from linekey.web.forms import PlainForm
from linekey.web.members import words
from linekey.web.members.ready import ask, ready
from linekey.web.session import SignedInRequest, to
from linekey.web.staff.doors import desk_only
from linekey.web.templatetags.desk import role_name

_FORM = require_http_methods(["GET", "HEAD", "POST"])
_TOLD = gettext_noop("They are told by e-mail.")


class OneOfForm(PlainForm):
    """One choice, made on purpose: none is made beforehand."""

    choice = forms.ChoiceField(
        label="",
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose one."),
            "invalid_choice": gettext_lazy("Choose one of these."),
        },
    )

    def __init__(self, data: Any, label: str, choices: list[tuple[str, str]]) -> None:
        super().__init__(data)
        field = cast(forms.ChoiceField, self.fields["choice"])
        field.label, field.choices = label, choices


@_FORM
@desk_only
def unlock(request: SignedInRequest, customer_id: str) -> HttpResponseBase:
    member = ready(request, customer_id, Action.UNLOCK)
    if request.method == "POST":
        unlock_member.unlock(actor=request.actor, customer_id=customer_id, now=timezone.now())
        return _done(request, member, gettext_noop("%(name)s can sign in again."), _TOLD)
    told = {
        "title": _("Unlock the account"),
        "consequences": [
            _("The hour of too many wrong attempts ends now: the right password lets them in at once."),
            _("The password and the second factor stay as they are."),
            _(_TOLD),
        ],
        "button": _("Yes, unlock"),
        "tone": "primary",
    }
    return ask(request, member, told)


@_FORM
@desk_only
def disable(request: SignedInRequest, customer_id: str) -> HttpResponseBase:
    member = ready(request, customer_id, Action.DISABLE)
    reasons = [(reason.value, _sentence(words.REASONS[reason])) for reason in member.reasons]
    form = OneOfForm(_sent(request), _("Why"), reasons)
    if request.method == "POST" and form.is_valid():
        reason = DisabledFor(form.cleaned_data["choice"])
        now = timezone.now()
        manage_member.disable(actor=request.actor, customer_id=customer_id, reason=reason, now=now)
        return _done(request, member, gettext_noop("The account of %(name)s is disabled."), _TOLD)
    told = {
        "title": _("Disable the account"),
        "consequences": [
            _("Nobody signs in to it any more, and every open session ends at once."),
            _("Their access keys and applications are refused until you enable the account again."),
            _("Telephone lines and internet accesses go on working."),
            _("They are told by e-mail, with the reason."),
        ],
        "form": form,
        "button": _("Disable the account"),
    }
    return _choose(request, member, told)


@_FORM
@desk_only
def enable(request: SignedInRequest, customer_id: str) -> HttpResponseBase:
    member = ready(request, customer_id, Action.DISABLE)
    if request.method == "POST":
        manage_member.enable(actor=request.actor, customer_id=customer_id, now=timezone.now())
        return _done(request, member, gettext_noop("The account of %(name)s is open again."), _TOLD)
    told = {
        "title": _("Enable the account"),
        "consequences": [
            _("Their password, second factor and access keys work again, as they were."),
            _(_TOLD),
        ],
        "button": _("Enable the account"),
        "tone": "primary",
    }
    return ask(request, member, told)


@_FORM
@desk_only
def give_role(request: SignedInRequest, customer_id: str) -> HttpResponseBase:
    member = ready(request, customer_id, Action.GIVE_ROLE)
    choices = [(role.value, role_name(role)) for role in member.roles]
    form = OneOfForm(_sent(request), _("New role"), choices)
    if request.method == "POST" and form.is_valid():
        role, now = Role(form.cleaned_data["choice"]), timezone.now()
        manage_member.change_role(actor=request.actor, customer_id=customer_id, role=role, now=now)
        return _done(request, member, gettext_noop("The role of %(name)s is changed."), _TOLD)
    told = {
        "title": _("Change the role"),
        "consequences": [
            _("At present: %(role)s.") % {"role": role_name(member.row.role)},
            _("Every open session ends, and they sign in again. Links sent to them before no longer work."),
            _(_TOLD),
        ],
        "form": form,
        "button": _("Change the role"),
    }
    return _choose(request, member, told)


@_FORM
@desk_only
def clear_factors(request: SignedInRequest, customer_id: str) -> HttpResponseBase:
    member = ready(request, customer_id, Action.CLEAR_FACTORS)
    if request.method == "POST":
        clearing.clear(actor=request.actor, customer_id=customer_id, now=timezone.now())
        title = gettext_noop("Two-step verification of %(name)s is off.")
        return _done(request, member, title, gettext_noop("Every address of theirs is told."))
    told = {
        "title": _("Remove the second factors"),
        "consequences": [
            _("Every application, security key, passkey and recovery code of theirs stops working."),
            _("The password alone lets them in, until they add a new factor."),
            _("Every open session and every trusted browser ends. Every address of theirs is told."),
            _("Make sure first that it is really them who ask: call them back on a number you know."),
        ],
        "button": _("Remove the second factors"),
    }
    return ask(request, member, told)


def _sent(request: SignedInRequest) -> QueryDict | None:
    """What was filled in; also when nothing was."""
    return request.POST if request.method == "POST" else None


def _choose(request: SignedInRequest, member: MemberPage, told: dict[str, object]) -> HttpResponseBase:
    status = 422 if request.method == "POST" else 200
    return ask(request, member, told, template="linekey/members/choose.html", status=status)


def _done(request: SignedInRequest, member: MemberPage, title: str, text: str) -> HttpResponseBase:
    notices.leave(request, "success", title, text, name=member.row.name)
    return to("member", member.row.customer_id)


def _sentence(words: str) -> str:
    said = _(words)
    return f"{said[:1].upper()}{said[1:]}"
