"""Decide values of a policy for an organisation, or leave them to whoever is above again.

What is decided lower wins (`domain.policy.inherit`): nobody can forbid it, and the page shows whose it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from linekey.domain import access, policy_table
from linekey.domain.access import Action, Actor
from linekey.domain.errors import N_, Malformed
from linekey.domain.policy import Setting, explain
from linekey.records import audit, organisations
from linekey.records.models import Organisation

INHERITED = "inherited"
"""What the audit trail calls a value nobody decided here."""


@dataclass(frozen=True)
class Change:
    name: str
    before: Setting | None
    """What was decided here; None where nothing was."""
    after: Setting | None
    held: Setting
    """What was in force."""
    holds: Setting
    """What is in force once it is made."""


def change(
    *, actor: Actor, organisation: str, values: Mapping[str, str | None], now: datetime
) -> tuple[Change, ...]:
    """`values` by name, as typed; None inherits again. Returns what changed: nothing is told twice.

    Raises NotFound, NotAllowed, StepUpNeeded, and Malformed which names the value; then nothing is set.
    """
    with transaction.atomic(durable=True):
        row = organisations.one(actor, organisation, lock=True)
        access.require(actor, Action.SET_POLICY, owner_id=None, now=now)
        made = _compared(row, values)
        row.policy = _decided(row, made)
        row.save(update_fields=["policy"])
        for each in made:
            audit.write(
                action="policy.set",
                now=now,
                actor=actor,
                organisation=row,
                named=row.name,
                value=each.name,
                old=_told(each.before),
                new=_told(each.after),
            )
    return made


def apply_preset(*, actor: Actor, organisation: str, preset: str, now: datetime) -> tuple[Change, ...]:
    """Decide every value as one of `policy_table.PRESETS` does. Raises what `change` does."""
    return change(actor=actor, organisation=organisation, values=of_preset(preset), now=now)


def preview(
    *, actor: Actor, organisation: str, values: Mapping[str, str | None], now: datetime
) -> tuple[Change, ...]:
    """What `change` would change. Raises what it would."""
    row = organisations.one(actor, organisation)
    access.require(actor, Action.SET_POLICY, owner_id=None, now=now)
    return _compared(row, values)


def of_preset(preset: str) -> dict[str, str | None]:
    """Raises Malformed for one there is not."""
    if preset not in policy_table.PRESETS:
        raise Malformed(field="preset", why=N_("there is no such set of values"))
    return {name: policy_table.text_of(value) for name, value in policy_table.PRESETS[preset].items()}


def _compared(row: Organisation, values: Mapping[str, str | None]) -> tuple[Change, ...]:
    for name in values:
        policy_table.entry(name)
    after = {name: None if text is None else policy_table.read(name, text) for name, text in values.items()}
    changed = {name: value for name, value in after.items() if row.policy.get(name) != value}
    above = [(layer.pk, layer.policy) for layer in organisations.layers(row)[:-1]]
    now_held, will_hold = (
        explain([*above, (row.pk, decided)])
        for decided in (row.policy, _without_none({**row.policy, **changed}))
    )
    return tuple(
        Change(name, row.policy.get(name), value, now_held[name].value, will_hold[name].value)
        for name, value in changed.items()
    )


def _decided(row: Organisation, made: tuple[Change, ...]) -> dict[str, Setting]:
    return _without_none({**row.policy, **{each.name: each.after for each in made}})


def _without_none(values: Mapping[str, Setting | None]) -> dict[str, Setting]:
    return {name: value for name, value in values.items() if value is not None}


def _told(value: Setting | None) -> str:
    return INHERITED if value is None else policy_table.text_of(value)
