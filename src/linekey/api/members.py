"""`/members`: the people the key's owner looks after, and what is done for them (TEAM-2, 4, 6, 10).

What may be sent twice without harm is PUT or DELETE, and answers how the member stands then. What promises a
mail is POST, with a name of its own. No password goes over this door, in either direction.
"""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router

from linekey.api import members_shapes as shapes
from linekey.api.callers import actor_of
from linekey.api.describing import NOT_FOUND, missing, needs
from linekey.api.once import Once
from linekey.api.problems import BODY_TOO_LARGE, Fault
from linekey.domain import access, errors
from linekey.domain.access import SCOPE_OF, Action, Actor
from linekey.domain.errors import Malformed, Refusal
from linekey.domain.policy import MemberReset
from linekey.records import pages
from linekey.records.pages import MemberPage, MemberSearch
from linekey.usecases import clear_factors, invite_member, manage_member, reset_member, unlock_member

ROWS = 100
NOT_ALLOWED = errors.NotAllowed()
OTHERS_ONLY = errors.NotOnYourself()
router = Router(tags=["Members"])


def _changes(action: Action, *found: Refusal | Fault) -> dict[str, Any]:
    return needs(action, NOT_FOUND, NOT_ALLOWED, OTHERS_ONLY, *found)


@router.get(
    "/members",
    response=shapes.Members,
    summary="List the members",
    **needs(Action.SEE_MEMBERS, NOT_ALLOWED, Malformed(field="standing", why="it is none of ours")),
)
def list_members(request: HttpRequest, search: Query[shapes.MemberSearch]) -> shapes.Members:
    """By organisation, then by name, 100 at a time."""
    actor, asked = _looking(request), search.model_dump()
    after = asked.pop("after")
    found = pages.members(actor, MemberSearch(**asked), now=timezone.now(), after=after, limit=ROWS)
    rows = [shapes.Member.model_validate(row) for row in found.rows]
    return shapes.Members(members=rows, next=found.next)


@router.post(
    "/members",
    response={202: shapes.Invited},
    summary="Invite a member",
    **needs(
        Action.INVITE,
        NOT_ALLOWED,
        NOT_FOUND,
        missing("email"),
        BODY_TOO_LARGE,
        errors.AddressRefused(),
        errors.HasPrimaryAdministrator(),
    ),
)
def invite(request: HttpRequest, once: Once, body: shapes.NewMember) -> shapes.Invited:
    """They get a welcome mail with an activation link, and choose the password themselves."""
    customer_id = invite_member.invite(
        actor=actor_of(request), **body.model_dump(), operation=f"api:{once}", now=timezone.now()
    )
    return shapes.Invited(customer_id=customer_id)


@router.get(
    "/members/{customer_id}",
    response=shapes.MemberDetail,
    summary="Get a member",
    **needs(Action.SEE_MEMBERS, NOT_ALLOWED, NOT_FOUND),
)
def get_member(request: HttpRequest, customer_id: str) -> shapes.MemberDetail:
    return _told(_looking(request), customer_id, timezone.now())


@router.delete(
    "/members/{customer_id}/lock",
    response=shapes.MemberDetail,
    summary="Unlock a member",
    **_changes(Action.UNLOCK),
)
def unlock(request: HttpRequest, customer_id: str) -> shapes.MemberDetail:
    """After too many wrong attempts: the right password lets them in at once."""
    actor, now = actor_of(request), timezone.now()
    unlock_member.unlock(actor=actor, customer_id=customer_id, now=now)
    return _told(actor, customer_id, now)


@router.put(
    "/members/{customer_id}/disabled",
    response=shapes.MemberDetail,
    summary="Disable a member",
    **_changes(Action.DISABLE, missing("reason"), BODY_TOO_LARGE),
)
def disable(request: HttpRequest, customer_id: str, body: shapes.Reason) -> shapes.MemberDetail:
    """Sessions, links, tokens and keys stop at once. The first reason stands until they are enabled."""
    actor, now = actor_of(request), timezone.now()
    manage_member.disable(actor=actor, customer_id=customer_id, reason=body.reason, now=now)
    return _told(actor, customer_id, now)


@router.delete(
    "/members/{customer_id}/disabled",
    response=shapes.MemberDetail,
    summary="Enable a member",
    **_changes(Action.DISABLE),
)
def enable(request: HttpRequest, customer_id: str) -> shapes.MemberDetail:
    actor, now = actor_of(request), timezone.now()
    manage_member.enable(actor=actor, customer_id=customer_id, now=now)
    return _told(actor, customer_id, now)


@router.put(
    "/members/{customer_id}/role",
    response=shapes.MemberDetail,
    summary="Change the role of a member",
    **_changes(Action.GIVE_ROLE, missing("role"), BODY_TOO_LARGE, errors.HasPrimaryAdministrator()),
)
def set_role(request: HttpRequest, customer_id: str, body: shapes.NewRole) -> shapes.MemberDetail:
    """They sign in again; links sent to them before no longer work."""
    actor, now = actor_of(request), timezone.now()
    manage_member.change_role(actor=actor, customer_id=customer_id, role=body.role, now=now)
    return _told(actor, customer_id, now)


@router.post(
    "/members/{customer_id}/reset",
    response={202: shapes.Promised},
    summary="Have a member get a new password",
    **_changes(
        Action.RESET_MEMBER,
        missing("Idempotency-Key"),
        BODY_TOO_LARGE,
        errors.AccountNotOpen(),
        errors.PolicyForbids(),
    ),
)
def reset_password(request: HttpRequest, customer_id: str, once: Once, body: shapes.Reset) -> shapes.Promised:
    """Whoever never activated their account is sent the activation link again."""
    reset_member.send(
        actor=actor_of(request),
        customer_id=customer_id,
        way=MemberReset(body.way),
        operation=f"api:{once}",
        now=timezone.now(),
    )
    return shapes.Promised(customer_id=customer_id, way=body.way)


@router.delete(
    "/members/{customer_id}/factors",
    response=shapes.MemberDetail,
    summary="Remove the second factors of a member",
    **_changes(Action.CLEAR_FACTORS, errors.OnlyByCase()),
)
def remove_factors(request: HttpRequest, customer_id: str) -> shapes.MemberDetail:
    """And their recovery codes. A primary administrator's are removed through a support case only."""
    actor, now = actor_of(request), timezone.now()
    clear_factors.clear(actor=actor, customer_id=customer_id, now=now)
    return _told(actor, customer_id, now)


def _looking(request: HttpRequest) -> Actor:
    """Raises NotAllowed for a role that looks after nobody."""
    actor = actor_of(request)
    access.require(actor, Action.SEE_MEMBERS, owner_id=None, now=timezone.now())
    return actor


def _told(actor: Actor, customer_id: str, now: datetime) -> shapes.MemberDetail:
    page = pages.member(actor, customer_id, now=now)
    return shapes.MemberDetail(
        **shapes.Member.model_validate(page.row).model_dump(),
        phone=page.phone,
        extension=page.extension,
        language=page.language,
        created_at=page.created_at,
        activated_at=page.activated_at,
        last_sign_in=page.last_sign_in,
        factor_count=page.factor_count,
        codes_left=page.codes_left,
        key_count=page.key_count,
        session_count=page.session_count,
        actions=_actions(actor, page),
        resets=list(page.resets),
        roles=list(page.roles),
    )


def _actions(actor: Actor, page: MemberPage) -> list[str]:
    included = actor.scopes
    return [action.value for action in page.may if included is None or SCOPE_OF[action] in included]
