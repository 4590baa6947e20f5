"""`/membres/<id>`: who somebody is, how their account stands, what they hold, what one may do for them.

An action the actor's role never has is not drawn; one that this person or moment forbids is, and says why.
"""

from dataclasses import dataclass

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linekey.domain.access import MAY, Action
from linekey.domain.errors import AccountNotOpen, NotAllowed, Refusal
from linekey.domain.members import PROVIDERS
from linekey.domain.policy import MemberReset
from linekey.records import pages
from linekey.records.pages import MemberPage
from linekey.web.members import words
from linekey.web.members.ready import crumbs, refusal
from linekey.web.session import SignedInRequest
from linekey.web.staff.doors import desk_only
from linekey.web.wording import next_step_of, sentence_of


@dataclass(frozen=True)
class Choice:
    """One action: a link with its consequence when it can be done now, else the reason why not."""

    id: str
    label: str
    text: str
    address: str
    reason: str = ""
    danger: bool = False


@require_safe
@desk_only
def page(request: SignedInRequest, customer_id: str) -> HttpResponseBase:
    found = pages.member(request.actor, customer_id, now=timezone.now())
    shown = {
        "member": found,
        "badges": words.badges(found.row),
        "choices": [] if found.is_self else choices_of(request, found),
        "crumbs": crumbs(found),
        "several": request.actor.role in PROVIDERS,
        "journal": f"{reverse('member', args=[found.row.customer_id])}/journal",
    }
    return render(request, "linekey/members/member.html", shown)


def choices_of(request: SignedInRequest, member: MemberPage) -> list[Choice]:
    drawn: list[tuple[Action, Choice, Refusal | None]] = []
    if member.row.locked_until is not None:
        drawn.append((Action.UNLOCK, _unlock(member), None))
    drawn += [(Action.RESET_MEMBER, *each) for each in _resets(member)]
    if member.roles:
        drawn.append((Action.GIVE_ROLE, _role(member), None))
    if member.factor_count:
        drawn.append((Action.CLEAR_FACTORS, _factors(member), None))
    drawn.append((Action.DISABLE, *_standing(member)))
    return [
        _with_reason(choice, refusal(member, action) or now_not)
        for action, choice, now_not in drawn
        if request.actor.role in MAY[action]
    ]


def _with_reason(choice: Choice, no: Refusal | None) -> Choice:
    if no is None:
        return choice
    reason = f"{sentence_of(no)} {next_step_of(no)}"
    return Choice(choice.id, choice.label, choice.text, choice.address, reason, choice.danger)


def _address(page: str, member: MemberPage) -> str:
    return reverse(page, args=[member.row.customer_id])


def _unlock(member: MemberPage) -> Choice:
    text = _("The right password lets them in at once, instead of after the hour.")
    return Choice("unlock", _("Unlock the account"), text, _address("member-unlock", member))


def _resets(member: MemberPage) -> list[tuple[Choice, Refusal | None]]:
    shut = AccountNotOpen() if member.row.disabled_for is not None else None
    link = _address("member-link", member)
    if not member.row.activated:
        text = _("They choose their password with it, and are in. The links sent before work too.")
        return [(Choice("link", _("Send the activation link again"), text, link), shut)]
    found: list[tuple[Choice, Refusal | None]] = []
    for way in member.resets:
        if way is MemberReset.LINK:
            text = _("They choose a new password themselves; nobody else ever knows it.")
            found.append((Choice("link", _("Send a reset link"), text, link), shut))
        elif way is MemberReset.MAIL:
            text = _("A random password is mailed to them, good for one day and one page. You do not see it.")
            label, address = _("Mail a temporary password"), _address("member-mail", member)
            found.append((Choice("mail", label, text, address), shut))
        else:
            text = _("You type it and tell it to them. They replace it when they sign in.")
            label, address = _("Type a temporary password"), _address("member-password", member)
            found.append((Choice("typed", label, text, address), shut))
    return found


def _role(member: MemberPage) -> Choice:
    text = _("They sign in again as what they are then. Links sent before no longer work.")
    return Choice("role", _("Change the role"), text, _address("member-role", member))


def _factors(member: MemberPage) -> Choice:
    text = _("For somebody who lost their phone or key. The password alone then lets them in.")
    address = _address("member-factors", member)
    return Choice("factors", _("Remove the second factors"), text, address, danger=True)


def _standing(member: MemberPage) -> tuple[Choice, Refusal | None]:
    if member.row.disabled_for is None:
        text = _("Nobody signs in any more; sessions and access keys stop at once. Services go on working.")
        address = _address("member-disable", member)
        return Choice("disable", _("Disable the account"), text, address, danger=True), None
    text = _("Their password, second factor and access keys work again, as they were.")
    choice = Choice("enable", _("Enable the account"), text, _address("member-enable", member))
    return choice, None if member.row.disabled_for in member.reasons else NotAllowed()
