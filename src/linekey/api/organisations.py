"""`/organisations`: the tree the key sees, what is opened in it, and the policies of each."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router

from linekey.api import organisations_shapes as shapes
from linekey.api.callers import actor_of
from linekey.api.describing import NOT_FOUND, missing, needs
from linekey.api.once import Once
from linekey.api.problems import BODY_TOO_LARGE
from linekey.domain import errors
from linekey.domain.access import Action, Actor
from linekey.domain.policy import Setting
from linekey.domain.policy_table import TABLE, text_of
from linekey.domain.tree import OrganisationKind
from linekey.records import pages
from linekey.usecases import edit_organisation, open_organisation, set_policy
from linekey.usecases.open_organisation import FirstAdministrator, NewOrganisation

ROWS = 100
NOT_ALLOWED = errors.NotAllowed()
ADDRESS_REFUSED = errors.AddressRefused()
_READS = (NOT_ALLOWED, NOT_FOUND)
_WRITES = (*_READS, missing("name"), BODY_TOO_LARGE)
router = Router(tags=["Organisations"])


@router.get(
    "/organisations",
    response=shapes.Organisations,
    summary="List the organisations",
    **needs(Action.SEE_POLICY, *_READS, missing("text")),
)
def list_organisations(
    request: HttpRequest, search: Query[shapes.OrganisationSearch]
) -> shapes.Organisations:
    """By name, 100 at a time: what stands directly under one, or what a `text` finds anywhere below."""
    found = pages.tree(actor_of(request), now=timezone.now(), **search.model_dump(), limit=ROWS + 1)
    rows = [shapes.Organisation.model_validate(row) for row in found[:ROWS]]
    return shapes.Organisations(organisations=rows, next=rows[-1].id if len(found) > ROWS else None)


@router.post(
    "/organisations",
    response={201: shapes.Opened},
    summary="Open a reseller or a customer",
    **needs(Action.OPEN_ORGANISATION, *_WRITES, ADDRESS_REFUSED),
)
def create_organisation(request: HttpRequest, once: Once, body: shapes.NewOrganisation) -> shapes.Opened:
    """It stands there for good: organisations do not move."""
    actor, first = actor_of(request), body.first_administrator
    made = open_organisation.open_under(
        actor=actor,
        under=body.under or pages.own_organisation(actor),
        new=NewOrganisation(OrganisationKind(body.kind), body.name, body.reference),
        first=FirstAdministrator(**first.model_dump()) if first else None,
        operation=f"api:{once}",
        now=timezone.now(),
    )
    detail = _detail(actor, made.organisation)
    return shapes.Opened(organisation=detail, administrator=made.administrator)


@router.get(
    "/organisations/{organisation}",
    response=shapes.OrganisationDetail,
    summary="Get an organisation",
    **needs(Action.SEE_POLICY, *_READS),
)
def get_organisation(request: HttpRequest, organisation: str) -> shapes.OrganisationDetail:
    return _detail(actor_of(request), organisation)


@router.patch(
    "/organisations/{organisation}",
    response=shapes.OrganisationDetail,
    summary="Rename an organisation, change its reference",
    **needs(Action.EDIT_ORGANISATION, *_WRITES),
)
def update_organisation(
    request: HttpRequest, organisation: str, body: shapes.EditedOrganisation
) -> shapes.OrganisationDetail:
    """The reference is for whoever is above to change."""
    actor, sent = actor_of(request), body.model_dump()
    edit_organisation.edit(actor=actor, organisation=organisation, now=timezone.now(), **sent)
    return _detail(actor, organisation)


@router.get(
    "/organisations/{organisation}/policy",
    response=shapes.Policy,
    summary="Get the policy in force, and where each value comes from",
    **needs(Action.SEE_POLICY, *_READS),
)
def get_policy(request: HttpRequest, organisation: str) -> shapes.Policy:
    return _policy(actor_of(request), organisation)


@router.patch(
    "/organisations/{organisation}/policy",
    response=shapes.Policy,
    summary="Decide values of the policy, or inherit them again",
    **needs(Action.SET_POLICY, *_WRITES),
)
def change_policy(request: HttpRequest, organisation: str, body: shapes.PolicyChange) -> shapes.Policy:
    """All of them or, when one is refused, none."""
    actor, sent = actor_of(request), body.model_dump(exclude_unset=True)
    values = {name: None if value is None else text_of(value) for name, value in sent.items()}
    set_policy.change(actor=actor, organisation=organisation, values=values, now=timezone.now())
    return _policy(actor, organisation)


@router.put(
    "/organisations/{organisation}/policy/preset",
    response=shapes.Policy,
    summary="Decide every value of the policy as a preset does",
    **needs(Action.SET_POLICY, *_WRITES),
)
def apply_preset(request: HttpRequest, organisation: str, body: shapes.PolicyPreset) -> shapes.Policy:
    actor = actor_of(request)
    set_policy.apply_preset(actor=actor, organisation=organisation, preset=body.preset, now=timezone.now())
    return _policy(actor, organisation)


def _detail(actor: Actor, organisation: str) -> shapes.OrganisationDetail:
    page = pages.organisation(actor, organisation, now=timezone.now())
    row = shapes.Organisation.model_validate(page.row).model_dump()
    sites = [shapes.Site.model_validate(site) for site in page.sites]
    return shapes.OrganisationDetail(**row, sites=sites, opens=list(page.opens))


def _policy(actor: Actor, organisation: str) -> shapes.Policy:
    page = pages.policy(actor, organisation, now=timezone.now())
    values = [
        shapes.PolicyValue(
            name=held.name,
            value=_plain(held.value),
            source=held.source,
            decided_by=held.decided_by,
            inherited=_plain(held.inherited),
            caution=TABLE[held.name].caution_of(held.value),
        )
        for held in page.values
    ]
    return shapes.Policy(organisation=page.id, values=values)


def _plain(value: Setting) -> Any:
    """A code is a text here, whatever the desk calls it."""
    return str(value) if isinstance(value, str) else value
