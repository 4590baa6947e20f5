"""`/membres/<id>/mot-de-passe`: an administrator types a member's password, where the policy has it (TEAM-2).

After a proof of their own; judged by the rules of the member. It lies in no session, no address and no log.
"""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from linekey.domain.errors import PasswordRefused
from linekey.domain.policy import MemberReset
from linekey.domain.secret import Secret
from linekey.usecases import reset_member
from linekey.web import notices
from linekey.web.components import conditions
from linekey.web.forms import PlainForm, SecretField
from linekey.web.members.ready import crumbs, subject_of
from linekey.web.members.reset import able, temporary
from linekey.web.refusals import form_page
from linekey.web.session import SignedInRequest, to
from linekey.web.staff.doors import desk_only


class TypedForm(PlainForm):
    password = SecretField(
        label=gettext_lazy("Temporary password"),
        autocomplete="new-password",
        **{"aria-describedby": "conditions"},
    )


@sensitive_post_parameters()
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, customer_id: str) -> HttpResponseBase:
    return _page(request, customer_id)


@desk_only
def _page(request: SignedInRequest, customer_id: str) -> HttpResponseBase:
    member, now, actor = able(request, customer_id, MemberReset.TYPED), timezone.now(), request.actor
    form = TypedForm(request.POST or None)
    judged: dict[str, Any] = {
        "conditions": reset_member.look(actor=actor, customer_id=customer_id, now=now).conditions
    }
    if request.method == "POST" and form.is_valid():
        new = form.cleaned_data["password"]
        try:
            reset_member.set_password(actor=actor, customer_id=customer_id, new=new, now=now)
        except PasswordRefused:
            judged = {"verdicts": _judged(request, customer_id, new)}
        else:
            title = gettext_noop("%(name)s has a temporary password.")
            text = gettext_noop("Tell it to them yourself: no mail holds it. They are told that it was set.")
            notices.leave(request, "success", title, text, name=member.row.name)
            return to("member", member.row.customer_id)
    title = _("Type a temporary password")
    shown = judged | {
        "crumbs": crumbs(member, title),
        "title": title,
        "object": subject_of(member),
        "consequences": [
            _("The old password is refused at once, and every session and link of theirs ends."),
            temporary(),
            _("The second factor stays as it is. They are told by e-mail, without the password."),
        ],
        "form": form,
        "customer_id": member.row.customer_id,
        "check_address": reverse("member-password-check", args=[member.row.customer_id]),
        "cancel": reverse("member", args=[member.row.customer_id]),
    }
    return form_page(request, "linekey/members/password.html", shown)


@sensitive_post_parameters()
@require_POST
def check(request: HttpRequest, customer_id: str) -> HttpResponseBase:
    return _check(request, customer_id)


@desk_only
def _check(request: SignedInRequest, customer_id: str) -> HttpResponseBase:
    """The conditions, ticked while typing, by the very rules the form is judged with."""
    able(request, customer_id, MemberReset.TYPED)
    look = reset_member.look(actor=request.actor, customer_id=customer_id, now=timezone.now())
    return conditions.answer(request, look.conditions, lambda typed: _judged(request, customer_id, typed))


def _judged(request: SignedInRequest, customer_id: str, candidate: Secret) -> Any:
    return reset_member.verdicts(
        actor=request.actor, customer_id=customer_id, candidate=candidate, now=timezone.now()
    )
