"""The policy of an organisation: each value in force, and whose it is."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from linekey.domain import access
from linekey.domain.access import MAY, Action, Actor
from linekey.domain.policy import InForce, Setting, explain
from linekey.domain.policy_table import TABLE
from linekey.domain.tree import OrganisationKind
from linekey.records import organisations
from linekey.records.models import Organisation
from linekey.records.pages.tree import trail


class Source(StrEnum):
    HERE = "here"
    ABOVE = "above"
    """An ancestor which the actor sees: `PolicyValue.decided_by` names it."""
    RESELLER = "reseller"
    """The reseller above what the actor sees; it has no name here (law 11)."""
    OPERATOR = "operator"
    DEFAULT = "default"
    """Nobody decided: our own."""


@dataclass(frozen=True)
class PolicyValue:
    name: str
    value: Setting
    source: Source
    decided_by: str
    inherited: Setting
    """What would be in force if nothing was decided here."""


@dataclass(frozen=True)
class PolicyPage:
    id: str
    name: str
    kind: OrganisationKind
    trail: tuple[tuple[str, str], ...]
    values: tuple[PolicyValue, ...]
    """In the order of `policy_table.TABLE`."""
    may_set: bool


def policy(actor: Actor, organisation: str, *, now: datetime) -> PolicyPage:
    """Raises NotFound, NotAllowed."""
    access.require(actor, Action.SEE_POLICY, owner_id=None, now=now)
    row = organisations.one(actor, organisation)
    layers = [(layer, layer.policy) for layer in organisations.layers(row)]
    in_force, inherited = explain(layers), explain(layers[:-1])
    return PolicyPage(
        id=str(row.pk),
        name=row.name,
        kind=organisations.kind_of(row),
        trail=trail(actor, row),
        values=tuple(_value(actor, row, name, in_force[name], inherited[name].value) for name in TABLE),
        may_set=actor.role in MAY[Action.SET_POLICY],
    )


def _value(
    actor: Actor, row: Organisation, name: str, held: InForce[Organisation], inherited: Setting
) -> PolicyValue:
    whose = held.decided_by
    if whose is None:
        source, named = Source.DEFAULT, ""
    elif whose == row:
        source, named = Source.HERE, row.name
    elif whose.path.startswith(actor.path):
        source, named = Source.ABOVE, whose.name
    else:
        source, named = Source(whose.kind), ""
    return PolicyValue(name, held.value, source, named, inherited)
