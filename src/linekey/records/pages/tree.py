"""Organisations as lists and as pages: what one sees of the tree, from one's own organisation down."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet

from linekey.domain import access
from linekey.domain.access import MAY, Action, Actor
from linekey.domain.tree import OPENS, OrganisationKind, lineage
from linekey.records import organisations
from linekey.records.models import Organisation, Site

LIST_ROWS = 50
SITES_NAMED = 3
SITE_ROWS = 100


@dataclass(frozen=True)
class OrganisationRow:
    id: str
    kind: OrganisationKind
    name: str
    reference: str
    parent_id: str
    parent: str
    """Number and name of what it stands under, when one sees that; else empty."""
    sites: tuple[str, ...]
    """The first ones by name, `SITES_NAMED` at most."""
    more_sites: bool


@dataclass(frozen=True)
class SiteRow:
    id: str
    name: str


@dataclass(frozen=True)
class OrganisationPage:
    row: OrganisationRow
    trail: tuple[tuple[str, str], ...]
    """Number and name of each ancestor one sees, the highest first."""
    sites: tuple[SiteRow, ...]
    next_sites: str
    """Where the next page of sites starts; empty at the end."""
    opens: tuple[OrganisationKind, ...]
    """What this actor may open under it."""
    may_edit: bool
    may_refer: bool
    """May this actor change the reference, which stands in the books of whoever is above?"""


def tree(
    actor: Actor, *, now: datetime, under: str = "", text: str = "", after: str = "", limit: int = LIST_ROWS
) -> list[OrganisationRow]:
    """What stands directly under an organisation, by name; without `under`, under one's own.

    With `text`, everything below whose name contains it or whose reference begins with it. `after` is the
    number of the last one of the page before. Raises NotFound, NotAllowed.
    """
    top = _top(actor, under, now)
    # Whoever sees `top` sees everything below it.
    rows = Organisation.objects.filter(parent_id=top.pk)
    if wanted := text.replace("\0", "").strip():
        rows = Organisation.objects.filter(path__startswith=top.path).exclude(pk=top.pk)
        rows = rows.filter(Q(name__icontains=wanted) | Q(reference__istartswith=wanted))
    if after:
        last = organisations.one(actor, after)
        rows = rows.filter(name__gte=last.name).filter(Q(name__gt=last.name) | Q(pk__gt=last.pk))
    named = Prefetch("sites", Site.objects.order_by("name", "pk")[: SITES_NAMED + 1], to_attr="first_sites")
    found = rows.select_related("parent").prefetch_related(named).order_by("name", "pk")[:limit]
    return [_row(actor, row, [site.name for site in row.first_sites]) for row in found]


def organisation(actor: Actor, reference: str, *, now: datetime, sites_after: str = "") -> OrganisationPage:
    """Raises NotFound, NotAllowed."""
    access.require(actor, Action.SEE_POLICY, owner_id=None, now=now)
    row = organisations.one(actor, reference)
    sites = row.sites.order_by("name", "pk")
    if sites_after:
        last = organisations.site(row, sites_after)
        sites = sites.filter(name__gte=last.name).filter(Q(name__gt=last.name) | Q(pk__gt=last.pk))
    shown = list(sites[: SITE_ROWS + 1])
    kind = organisations.kind_of(row)
    opens = OPENS[kind] if actor.role in MAY[Action.OPEN_ORGANISATION] else ()
    may_edit = actor.role in MAY[Action.EDIT_ORGANISATION]
    return OrganisationPage(
        row=_row(actor, row, [site.name for site in shown]),
        trail=trail(actor, row),
        sites=tuple(SiteRow(str(site.pk), site.name) for site in shown[:SITE_ROWS]),
        next_sites=str(shown[SITE_ROWS - 1].pk) if len(shown) > SITE_ROWS else "",
        opens=opens,
        may_edit=may_edit,
        may_refer=may_edit and row.path != actor.path,
    )


def site(actor: Actor, reference: str, site_reference: str) -> SiteRow:
    """One site of an organisation. Raises NotFound."""
    found = organisations.site(organisations.one(actor, reference), site_reference)
    return SiteRow(str(found.pk), found.name)


def own_organisation(actor: Actor) -> str:
    """Number of the actor's own."""
    return str(lineage(actor.path)[-1])


def trail(actor: Actor, row: Organisation) -> tuple[tuple[str, str], ...]:
    """Its ancestors within what the actor sees: whoever is above that has no name here."""
    above = lineage(row.path)[len(lineage(actor.path)) - 1 : -1]
    names: QuerySet[Organisation] = organisations.visible(actor).filter(pk__in=above).order_by("path")
    return tuple((str(pk), name) for pk, name in names.values_list("pk", "name"))


def _top(actor: Actor, under: str, now: datetime) -> Organisation:
    access.require(actor, Action.SEE_POLICY, owner_id=None, now=now)
    return organisations.one(actor, under or own_organisation(actor))


def _row(actor: Actor, row: Organisation, sites: list[str]) -> OrganisationRow:
    seen = row.parent is not None and row.parent.path.startswith(actor.path)
    return OrganisationRow(
        id=str(row.pk),
        kind=organisations.kind_of(row),
        name=row.name,
        reference=row.reference,
        parent_id=str(row.parent_id) if seen else "",
        parent=row.parent.name if row.parent and seen else "",
        sites=tuple(sites[:SITES_NAMED]),
        more_sites=len(sites) > SITES_NAMED,
    )
