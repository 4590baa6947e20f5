"""Recovery codes (ACC-2, ACC-8): ten, shown once, for the day the phone or the key is lost.

A new sheet is in force once one of its codes was typed: until then it opens nothing, and the one before still
works, so that a page closed too early takes nothing away.
"""

from datetime import datetime
from uuid import uuid4

from django.db import transaction

from linekey.domain import codes
from linekey.domain.access import Actor, require_owner
from linekey.domain.errors import NeedsAFactor, WrongCode
from linekey.domain.factors import CODES
from linekey.domain.limits import SECOND_FACTOR
from linekey.domain.secret import Secret
from linekey.records import audit, tallies
from linekey.records.models import Factor, RecoveryCode, Tally
from linekey.usecases.end_access import end_access
from linekey.usecases.keep_factor import locked, note
from linekey.vault import check, seal


def draw(*, actor: Actor, now: datetime) -> tuple[Secret, ...]:
    """A new sheet, in clear this once; one drawn before and never proven dies.

    Raises NotAllowed, StepUpNeeded, NeedsAFactor.
    """
    require_owner(actor, now)
    _require_factor(actor)
    sheet, drawn = uuid4().hex, codes.sheet(CODES)
    # Outside the transaction: ten hashes take longer than everything else together.
    rows = [
        RecoveryCode(
            person_id=actor.person_id,
            sheet=sheet,
            label=codes.label(code),
            encoded=seal.encoded(code),
            made_at=now,
        )
        for code in drawn
    ]
    with transaction.atomic(durable=True):
        person = locked(actor)
        _require_factor(actor)
        RecoveryCode.objects.filter(person=person, proven_at=None).delete()
        RecoveryCode.objects.bulk_create(rows)
        audit.write(action="factor.codes_drawn", now=now, actor=actor, person=person)
    return tuple(codes.grouped(code) for code in drawn)


def prove(*, actor: Actor, typed: Secret, now: datetime) -> None:
    """One of the new sheet, which is not used up by that: the sheet is in force, and the one before is void.

    Raises NotAllowed, StepUpNeeded, WrongCode, TooManyAttempts.
    """
    require_owner(actor, now)
    key = f"codes:{actor.person_id}"
    tallies.require({key: SECOND_FACTOR}, now=now)
    written = codes.recovery(typed)
    mine = RecoveryCode.objects.filter(person_id=actor.person_id)
    row = mine.filter(proven_at=None, label=codes.label(written)).first()
    good = check.password_matches(written, row.encoded if row else None)
    if row is None or not good or not _proven(actor, row.sheet, now):
        tried = Tally.objects.filter(key=key).values_list("count", flat=True).first()
        raise WrongCode(left=SECOND_FACTOR.most - (tried or 0))
    tallies.forgive(key)


def _proven(actor: Actor, sheet: str, now: datetime) -> bool:
    """False when a newer sheet was drawn meanwhile, or the last factor went."""
    with transaction.atomic(durable=True):
        person = locked(actor)
        mine = RecoveryCode.objects.filter(person=person)
        if not mine.filter(sheet=sheet, proven_at=None).update(proven_at=now):
            return False
        mine.exclude(sheet=sheet).delete()
        end_access(person, keep=actor.session_id, now=now)
        note(actor, person, "added", "codes", now=now)
    return True


def _require_factor(actor: Actor) -> None:
    if not Factor.objects.filter(person_id=actor.person_id).exists():
        raise NeedsAFactor()
