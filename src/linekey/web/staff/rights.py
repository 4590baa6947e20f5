"""`/droits`: who may do what, to whom, drawn from the very tables the desk obeys (`domain/access/`)."""

from dataclasses import dataclass

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from linekey.domain.access import (
    LOOKS_AFTER,
    MAY,
    MAY_GIVE,
    MEMBERS_OF,
    SCOPE_OF,
    STEP_UP_ACTIONS,
    STEP_UP_LASTS,
    Action,
    Role,
)
from linekey.domain.tree import OPENS
from linekey.web.session import SignedInRequest
from linekey.web.staff import words
from linekey.web.staff.doors import desk_only
from linekey.web.templatetags.desk import role_name

TITLES = {
    Action.SEE: gettext_noop("See services and what becomes of a change"),
    Action.CHANGE: gettext_noop("Choose the password of a service"),
    Action.RESET: gettext_noop("Reset the password of a service, shown once"),
    Action.SEND: gettext_noop("Have new credentials sent to the contact"),
    Action.RETIRE: gettext_noop("Retire the credentials of a service"),
    Action.GIVE_PHONE: gettext_noop("Give a line a handset, and take it away"),
    Action.EDIT: gettext_noop("Edit the name and settings of a service or licence"),
    Action.DELIVER: gettext_noop("Open a service and send its first credentials"),
    Action.SEE_MEMBERS: gettext_noop("See the members"),
    Action.INVITE: gettext_noop("Invite a member"),
    Action.UNLOCK: gettext_noop("Unlock a member after too many attempts"),
    Action.RESET_MEMBER: gettext_noop("Have a member get a new password"),
    Action.DISABLE: gettext_noop("Disable and enable a member"),
    Action.GIVE_ROLE: gettext_noop("Give a member another role"),
    Action.CLEAR_FACTORS: gettext_noop("Remove the second factors of a member"),
    Action.WORK_CASES: gettext_noop("Work on support cases"),
    Action.DECIDE_CASE: gettext_noop("Decide support cases"),
    Action.SEE_AUDIT: gettext_noop("Read and export the audit trail"),
    Action.SEE_POLICY: gettext_noop("See organisations and their policy"),
    Action.SET_POLICY: gettext_noop("Set the policy"),
    Action.OPEN_ORGANISATION: gettext_noop("Open a reseller or a customer"),
    Action.EDIT_ORGANISATION: gettext_noop("Rename an organisation, add sites"),
    Action.SEE_CAMPAIGNS: gettext_noop("See campaigns"),
    Action.RUN_CAMPAIGN: gettext_noop("Run a campaign over many services"),
    Action.SEE_WEBHOOKS: gettext_noop("See webhooks and what became of each event"),
    Action.SET_WEBHOOKS: gettext_noop("Say which systems are told of what happens"),
    Action.SEE_ELEMENTS: gettext_noop("See whether network elements and sites are well"),
    Action.OPERATE: gettext_noop("Watch the network, retry and give up steps"),
}
GROUPS = (
    (
        gettext_noop("Services"),
        (
            Action.SEE,
            Action.CHANGE,
            Action.RESET,
            Action.SEND,
            Action.RETIRE,
            Action.GIVE_PHONE,
            Action.EDIT,
            Action.DELIVER,
            Action.SEE_CAMPAIGNS,
            Action.RUN_CAMPAIGN,
            Action.SEE_ELEMENTS,
            Action.OPERATE,
        ),
    ),
    (
        gettext_noop("People"),
        (
            Action.SEE_MEMBERS,
            Action.INVITE,
            Action.UNLOCK,
            Action.RESET_MEMBER,
            Action.DISABLE,
            Action.GIVE_ROLE,
            Action.CLEAR_FACTORS,
            Action.WORK_CASES,
            Action.DECIDE_CASE,
        ),
    ),
    (
        gettext_noop("Organisations"),
        (
            Action.SEE_POLICY,
            Action.SET_POLICY,
            Action.OPEN_ORGANISATION,
            Action.EDIT_ORGANISATION,
            Action.SEE_AUDIT,
            Action.SEE_WEBHOOKS,
            Action.SET_WEBHOOKS,
        ),
    ),
)


@dataclass(frozen=True)
class Row:
    title: str
    cells: tuple[tuple[str, bool, bool], ...]
    """Role in words, may it, is it the reader's own."""
    proof: bool
    scope: str
    """Of an access key; empty when no key can be good for it."""


@dataclass(frozen=True)
class Reach:
    """What one role may do to people, and to organisations."""

    role: str
    own: bool
    sees: str
    looks_after: tuple[str, ...]
    gives: tuple[str, ...]
    opens: tuple[str, ...]
    appoints: tuple[str, ...]
    """Roles it may give in organisations below its own."""


@require_safe
@desk_only
def page(request: SignedInRequest) -> HttpResponseBase:
    mine = request.actor.role
    shown = {
        "roles": [(role_name(role), role is mine) for role in Role],
        "groups": [(title, [_row(action, mine) for action in actions]) for title, actions in _grouped()],
        "reaches": [_reach(role, mine) for role in Role],
        "minutes": STEP_UP_LASTS.seconds // 60,
    }
    return render(request, "linekey/staff/rights.html", shown)


def _grouped() -> list[tuple[str, list[Action]]]:
    """Every action stands somewhere: one nobody placed yet comes last."""
    placed = [(_(title), list(actions)) for title, actions in GROUPS]
    left = [action for action in Action if not any(action in actions for _title, actions in placed)]
    return [*placed, (_("Other"), left)] if left else [*placed]


def _row(action: Action, mine: Role) -> Row:
    return Row(
        title=_(TITLES[action]) if action in TITLES else action.value,
        cells=tuple((role_name(role), role in MAY[action], role is mine) for role in Role),
        proof=action in STEP_UP_ACTIONS,
        scope=SCOPE_OF[action].value if action in SCOPE_OF else "",
    )


def _reach(role: Role, mine: Role) -> Reach:
    places = [kind for kind, members in MEMBERS_OF.items() if role in members]
    opens = (
        [below for kind in places for below in OPENS[kind]] if role in MAY[Action.OPEN_ORGANISATION] else []
    )
    return Reach(
        role=role_name(role),
        own=role is mine,
        sees=_("their own services")
        if role is Role.SUBSCRIBER
        else _("their organisation and what is below"),
        looks_after=_named(LOOKS_AFTER[role]),
        gives=_named(MAY_GIVE.get(role, frozenset())),
        opens=tuple(words.organisation_kind(kind) for kind in opens),
        appoints=_named(frozenset().union(*(MEMBERS_OF[kind] for kind in opens))),
    )


def _named(roles: frozenset[Role]) -> tuple[str, ...]:
    return tuple(role_name(role) for role in Role if role in roles)
