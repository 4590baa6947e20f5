"""One member, as their page shows them: how they stand, what they hold, what may be done. Never a hash."""

from dataclasses import dataclass
from datetime import datetime

from linekey.domain.access import Action, Actor, Role, roles_to_give
from linekey.domain.members import DisabledFor, may_act_on, reasons_for, resets_for
from linekey.domain.policy import MemberReset
from linekey.domain.tree import OrganisationKind
from linekey.records import find, organisations, sessions
from linekey.records import members as rows
from linekey.records.models import AccessKey, Factor, OpenSession
from linekey.records.pages.members import MemberRow, row_of

SERVICES_SHOWN = 10
ACTIONS = (
    Action.UNLOCK,
    Action.RESET_MEMBER,
    Action.GIVE_ROLE,
    Action.CLEAR_FACTORS,
    Action.DISABLE,
)
"""What may be done to a member, the most wanted first."""


@dataclass(frozen=True)
class MemberPage:
    row: MemberRow
    phone: str
    extension: str
    language: str
    created_at: datetime
    activated_at: datetime | None
    last_sign_in: datetime | None
    password_expires_at: datetime | None
    factor_count: int
    codes_left: int
    key_count: int
    session_count: int
    services: list[tuple[str, str]]
    """Reference and name, `SERVICES_SHOWN` at most."""
    more_services: bool
    is_self: bool
    may: tuple[Action, ...]
    """Of `ACTIONS`, those the actor may take on this person at all."""
    roles: tuple[Role, ...]
    """Which they may be given instead of their own."""
    resets: tuple[MemberReset, ...]
    """How the actor may replace their password, the safest first."""
    reasons: tuple[DisabledFor, ...]
    """Why the actor may disable, and which disabled accounts they may enable."""


@dataclass(frozen=True)
class InvitedTo:
    """Where a new member would belong."""

    organisation_id: int
    name: str
    below: bool
    """Not the actor's own organisation."""
    roles: tuple[Role, ...]
    """Those which the actor may give there."""


def invited_to(actor: Actor, organisation: int | None) -> InvitedTo:
    """The actor's own organisation when none is named. Raises NotFound."""
    if organisation is None:
        place = find.person(actor.person_id).organisation
    else:
        place = organisations.one(actor, str(organisation))
    given = roles_to_give(actor, path=place.path, kind=organisations.kind_of(place))
    return InvitedTo(
        place.pk, place.name, place.path != actor.path, tuple(role for role in Role if role in given)
    )


def member(actor: Actor, customer_id: str, *, now: datetime) -> MemberPage:
    """Raises NotFound."""
    person = rows.member(actor, customer_id)
    until = rows.locks_among([person.pk], now=now).get(person.pk)
    factors = Factor.objects.filter(person=person).count()
    role, organisation = Role(person.role), person.organisation
    given = roles_to_give(actor, path=organisation.path, kind=OrganisationKind(organisation.kind))
    held = list(person.services.order_by("reference").values_list("reference", "name")[: SERVICES_SHOWN + 1])
    opened = OpenSession.objects.filter(person=person)
    return MemberPage(
        row=row_of(actor, person, until, secured=bool(factors)),
        phone=person.phone,
        extension=person.extension,
        language=person.language,
        created_at=person.created_at,
        activated_at=person.activated_at,
        last_sign_in=opened.order_by("-opened_at").values_list("opened_at", flat=True).first(),
        password_expires_at=person.password_expires_at,
        factor_count=factors,
        codes_left=find.live_codes(person).count(),
        key_count=AccessKey.objects.filter(person=person, revoked_at=None).count(),
        session_count=sessions.living(opened, now).count(),
        services=held[:SERVICES_SHOWN],
        more_services=len(held) > SERVICES_SHOWN,
        is_self=person.pk == actor.person_id,
        may=tuple(action for action in ACTIONS if may_act_on(actor, action, person_id=person.pk, role=role)),
        roles=tuple(each for each in Role if each in given and each is not role),
        resets=resets_for(actor, find.policy_of(organisation).member_reset),
        reasons=reasons_for(actor),
    )
