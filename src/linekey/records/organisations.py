"""Organisations, for use-cases: a read starts from the actor's path; unknown and foreign are one (law 11)."""

from django.db.models import QuerySet

from linekey.domain import tree
from linekey.domain.access import Actor, Role
from linekey.domain.errors import NotFound
from linekey.domain.tree import OrganisationKind
from linekey.records.models import Organisation, Site

LARGEST = 2**63 - 1


def visible(actor: Actor) -> QuerySet[Organisation]:
    """One's own organisation and everything below it; nothing for a subscriber, who looks after nobody."""
    if actor.role is Role.SUBSCRIBER:
        return Organisation.objects.none()
    return Organisation.objects.filter(path__startswith=actor.path)


def one(actor: Actor, reference: str, *, lock: bool = False) -> Organisation:
    """By its number, as an address or a program writes it. Raises NotFound, for what is no number too.

    `lock` takes its row for the transaction; whoever opens a service under it needs not wait.
    """
    rows = visible(actor).filter(pk=number(reference)).select_related("parent")
    if lock:
        rows = rows.select_for_update(of=("self",), no_key=True)
    found = rows.first()
    if found is None:
        raise NotFound()
    return found


def number(reference: str) -> int:
    """Raises NotFound for anything that numbers nothing: signs, letters, other scripts' digits, the huge."""
    plain = reference.isascii() and reference.isdigit() and len(reference) <= len(str(LARGEST))
    if not plain or int(reference) > LARGEST:
        raise NotFound()
    return int(reference)


def site(organisation: Organisation, reference: str) -> Site:
    """Raises NotFound."""
    found = organisation.sites.filter(pk=number(reference)).first()
    if found is None:
        raise NotFound()
    return found


def kind_of(organisation: Organisation) -> OrganisationKind:
    return OrganisationKind(organisation.kind)


def tenant_of(organisation: Organisation) -> Organisation:
    """Whoever the e-mail addresses of its people are unique under: the reseller, or the operator."""
    if organisation.kind == OrganisationKind.CUSTOMER and organisation.parent is not None:
        return organisation.parent
    return organisation


def layers(organisation: Organisation) -> list[Organisation]:
    """Its ancestors and itself, the operator first: the layers of `domain.policy`."""
    return list(Organisation.objects.filter(id__in=tree.lineage(organisation.path)).order_by("path"))
