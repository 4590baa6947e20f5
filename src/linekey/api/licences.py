"""`/services/{reference}/users` and `/settings`: the users of a hosted PBX, and what is set on a service."""

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router

from linekey.api.callers import actor_of
from linekey.api.describing import NOT_FOUND, needs
from linekey.api.licences_shapes import (
    PbxUser,
    PbxUsers,
    ServiceSettings,
    SettingsChanges,
    UserSearch,
    Values,
)
from linekey.api.problems import BODY_TOO_LARGE
from linekey.domain.access import Action, Actor
from linekey.domain.errors import ChangedMeanwhile, Malformed, NotAllowed, SettingNotOffered
from linekey.records import pages
from linekey.records.pages import LicenceRow
from linekey.usecases import edit_service

ROWS = 100
_CHANGED = ChangedMeanwhile(setting="name", field="Name", current="Atelier")
_NOT_OFFERED = SettingNotOffered(field="Receptionist option")
_UNREADABLE = Malformed(field="emergency_number", why="write it as 01 84 78 01 17 or +33 1 84 78 01 17")
router = Router(tags=["Licences"])


@router.get(
    "/services/{reference}/users",
    response=PbxUsers,
    summary="List the users of a hosted PBX",
    **needs(Action.SEE, NOT_FOUND, Malformed(field="after", why="it holds characters that cannot be typed")),
)
def list_users(request: HttpRequest, reference: str, found: Query[UserSearch]) -> PbxUsers:
    """By reference, 100 at a time: each page starts after the last reference of the one before."""
    rows = pages.users(actor_of(request), reference, text=found.text, after=found.after, limit=ROWS + 1)
    users = [_user(row) for row in rows[:ROWS]]
    return PbxUsers(users=users, next=users[-1].reference if len(rows) > ROWS else None)


@router.get(
    "/services/{reference}/settings",
    response=ServiceSettings,
    summary="Get what is set on a service",
    **needs(Action.SEE, NOT_FOUND),
)
def get_settings(request: HttpRequest, reference: str) -> ServiceSettings:
    return _settings(actor_of(request), reference)


@router.patch(
    "/services/{reference}/settings",
    response=ServiceSettings,
    summary="Set a name or settings of a service",
    **needs(Action.EDIT, NotAllowed(), NOT_FOUND, _UNREADABLE, _NOT_OFFERED, _CHANGED, BODY_TOO_LARGE),
)
def set_settings(request: HttpRequest, reference: str, body: SettingsChanges) -> ServiceSettings:
    """All that is sent, or nothing. What is not sent stays as it is."""
    actor = actor_of(request)
    edit_service.edit(
        actor=actor, reference=reference, changes=body.written(), was=body.was.written(), now=timezone.now()
    )
    return _settings(actor, reference)


def _settings(actor: Actor, reference: str) -> ServiceSettings:
    page = pages.settings(actor, reference)
    return ServiceSettings(
        reference=page.row.reference,
        licence=page.row.licence,
        pbx=page.pbx,
        accountcode=page.accountcode,
        number=page.row.number,
        **Values.of(page.row.values),
    )


def _user(row: LicenceRow) -> PbxUser:
    values = Values.of(row.values)
    return PbxUser(
        reference=row.reference,
        licence=row.licence,
        number=row.number,
        name=values["name"],
        admin=values["admin"],
        emergency_number=values.get("emergency_number"),
        state=row.state,
        online=row.observed.online if row.observed else None,
        seen_at=row.observed.seen_at if row.observed else None,
    )
