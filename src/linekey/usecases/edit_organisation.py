"""Rename an organisation of one's branch, its sites, and add a site. Addresses and paths never change."""

from datetime import datetime

from django.db import transaction

from linekey.domain import access, names, tree
from linekey.domain.access import Action, Actor
from linekey.domain.errors import N_, Malformed, NotAllowed
from linekey.records import audit, organisations
from linekey.records.models import Organisation, Site
from linekey.usecases.open_organisation import require_free


def edit(*, actor: Actor, organisation: str, name: str | None, reference: str | None, now: datetime) -> None:
    """None leaves a value. The reference stands in the books of whoever is above, who alone may change it.

    Raises NotFound, NotAllowed, StepUpNeeded, and Malformed which names the field.
    """
    with transaction.atomic(durable=True):
        row = _editable(actor, organisation, now)
        before = {"name": row.name, "reference": row.reference}
        if name is not None:
            row.name = names.read_firm(name, field="name")
        if reference is not None:
            if row.path == actor.path:
                raise NotAllowed()
            row.reference = tree.read_reference(reference)
            require_free(row.parent_id, row.reference, but=row.pk)
        after = {"name": row.name, "reference": row.reference}
        if after == before:
            return
        row.save(update_fields=["name", "reference"])
        audit.write(
            action="organisation.edit",
            now=now,
            actor=actor,
            organisation=row,
            named=after["name"],
            former=before["name"],
            reference=after["reference"],
            former_reference=before["reference"],
        )


def add_site(*, actor: Actor, organisation: str, name: str, now: datetime) -> None:
    """Raises NotFound, NotAllowed, StepUpNeeded, and Malformed which names the field."""
    with transaction.atomic(durable=True):
        row = _editable(actor, organisation, now)
        site = Site(organisation=row, name=_free_site(row, name))
        site.save()
        audit.write(action="site.add", now=now, actor=actor, organisation=row, named=row.name, site=site.name)


def rename_site(*, actor: Actor, organisation: str, site: str, name: str, now: datetime) -> None:
    """Raises NotFound, NotAllowed, StepUpNeeded, and Malformed which names the field."""
    with transaction.atomic(durable=True):
        row = _editable(actor, organisation, now)
        found = organisations.site(row, site)
        former, found.name = found.name, _free_site(row, name, but=found.pk)
        if found.name == former:
            return
        found.save(update_fields=["name"])
        audit.write(
            action="site.rename",
            now=now,
            actor=actor,
            organisation=row,
            named=row.name,
            site=found.name,
            former=former,
        )


def _editable(actor: Actor, organisation: str, now: datetime) -> Organisation:
    row = organisations.one(actor, organisation, lock=True)
    access.require(actor, Action.EDIT_ORGANISATION, owner_id=None, now=now)
    return row


def _free_site(row: Organisation, typed: str, *, but: int = 0) -> str:
    """Under the organisation's lock, so that two at once are one after the other."""
    name = names.read_firm(typed, field="site")
    if row.sites.filter(name=name).exclude(pk=but).exists():
        raise Malformed(field="site", why=N_("it is already taken"))
    return name
