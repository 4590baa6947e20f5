"""A member, once everything that would refuse a form about them has been asked: before it is filled."""

from collections.abc import Mapping

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from linekey.domain.access import Action, Role
from linekey.domain.errors import NotAllowed, NotOnYourself, OnlyByCase, Refusal
from linekey.records import pages
from linekey.records.pages import MemberPage
from linekey.web.components import operation
from linekey.web.session import SignedInRequest, require_recent


def ready(request: SignedInRequest, customer_id: str, action: Action) -> MemberPage:
    """Raises NotFound, what `refusal` says, StepUpNeeded."""
    now = timezone.now()
    found = pages.member(request.actor, customer_id, now=now)
    if (no := refusal(found, action)) is not None:
        raise no
    require_recent(request, now)
    return found


def refusal(member: MemberPage, action: Action) -> Refusal | None:
    """Why the actor cannot do this to this person, as the desk would say."""
    if member.is_self:
        return NotOnYourself()
    if action is Action.CLEAR_FACTORS and member.row.role is Role.PRIMARY_ADMIN:
        return OnlyByCase()
    return None if action in member.may else NotAllowed()


def subject_of(member: MemberPage) -> str:
    """As a confirmation names whom it is about."""
    return f"{member.row.name} – {member.row.customer_id}"


def crumbs(member: MemberPage, here: str = "") -> list[tuple[str, str]]:
    own = member.row.name, reverse("member", args=[member.row.customer_id])
    trail = [(_("Members"), reverse("members"))]
    return [*trail, own, (here, "")] if here else [*trail, (own[0], "")]


def ask(
    request: SignedInRequest,
    member: MemberPage,
    told: Mapping[str, object],
    *,
    template: str = "linekey/members/ask.html",
    status: int = 200,
) -> HttpResponseBase:
    """`told` is what `components/confirm.html` wants, and `title`."""
    known = {
        "crumbs": crumbs(member, str(told["title"])),
        "object": subject_of(member),
        "cancel": reverse("member", args=[member.row.customer_id]),
        "operation": operation.fresh(),
    }
    return render(request, template, {**known, **told}, status=status)
