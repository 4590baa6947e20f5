"""Open a reseller or a customer below one's own organisation, with its first administrator if they are known.

Nothing moves in the tree: what is opened in the wrong place is opened again in the right one.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction

from linekey.domain import access, names, tree
from linekey.domain.access import Action, Actor, Role
from linekey.domain.errors import N_, Malformed, NotAllowed
from linekey.domain.tree import OPENS, OrganisationKind
from linekey.records import audit, organisations
from linekey.records.models import Organisation
from linekey.usecases.invite_member import NewMember, invite_within


@dataclass(frozen=True)
class NewOrganisation:
    kind: OrganisationKind
    name: str
    reference: str = ""
    """What the books of whoever it stands under call it; unique there."""


@dataclass(frozen=True)
class FirstAdministrator:
    first_name: str
    last_name: str
    email: str


@dataclass(frozen=True)
class Opened:
    organisation: str
    """Its number."""
    administrator: str
    """Customer ID of its first administrator; empty without one, or when this request came before."""


FIRST_ROLE = {
    OrganisationKind.CUSTOMER: Role.PRIMARY_ADMIN,
    OrganisationKind.RESELLER: Role.RESELLER,
}


def open_under(
    *,
    actor: Actor,
    under: str,
    new: NewOrganisation,
    first: FirstAdministrator | None,
    operation: str,
    now: datetime,
) -> Opened:
    """`under` is the number of an organisation of one's branch; `operation` sent again opens nothing again.

    Raises NotFound, NotAllowed, StepUpNeeded, AddressRefused, and Malformed which names the field.
    """
    asked = uuid5(NAMESPACE_URL, f"linekey:open:{actor.person_id}:{operation}").hex
    with transaction.atomic(durable=True):
        # Its lock makes two requests at once one after the other: the second finds what the first made.
        parent = organisations.one(actor, under, lock=True)
        access.require(actor, Action.OPEN_ORGANISATION, owner_id=None, now=now)
        if new.kind not in OPENS[organisations.kind_of(parent)]:
            raise NotAllowed()
        if (before := Organisation.objects.filter(operation=asked).first()) is not None:
            return Opened(str(before.pk), "")
        made = _open(parent, new, asked)
        audit.write(
            action="organisation.open",
            now=now,
            actor=actor,
            organisation=made,
            named=made.name,
            kind=made.kind,
            reference=made.reference,
        )
        return Opened(str(made.pk), _appoint(actor, made, first, now) if first else "")


def require_free(parent_id: int | None, reference: str, *, but: int = 0) -> None:
    """Raises Malformed when somebody else under the same parent has the reference."""
    others = Organisation.objects.filter(parent_id=parent_id, reference=reference).exclude(pk=but)
    if reference and others.exists():
        raise Malformed(field="reference", why=N_("it is already taken"))


def _open(parent: Organisation, new: NewOrganisation, asked: str) -> Organisation:
    name, reference = names.read_firm(new.name, field="name"), tree.read_reference(new.reference)
    require_free(parent.pk, reference)
    made = Organisation.objects.create(
        kind=new.kind, name=name, reference=reference, parent=parent, path=f"new:{asked}", operation=asked
    )
    made.path = tree.path_of(parent.path, made.pk)
    made.save(update_fields=["path"])
    return made


def _appoint(actor: Actor, made: Organisation, first: FirstAdministrator, now: datetime) -> str:
    role = FIRST_ROLE[organisations.kind_of(made)]
    member = NewMember(first.first_name, first.last_name, first.email, role)
    return invite_within(actor=actor, organisation=made, new=member, now=now)
