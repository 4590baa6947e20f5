"""Write down what came of an effect, if it is still ours; mend the element if it is not."""

from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from linekey.domain.effects import REPAIR, Effect, EffectKind, StepState
from linekey.enact import table
from linekey.enact.outside import Again, Dead, Done, Outcome, Skipped
from linekey.records import find, outbox
from linekey.records.claimed import Claimed
from linekey.records.models import Service


def settle(claimed: Claimed, outcome: Outcome) -> None:
    now = timezone.now()
    ours = False
    with transaction.atomic():
        match outcome:
            case Done(result):
                ours = outbox.done(claimed, now=now, result=result)
                if ours:
                    table.after(claimed, now)
            case Skipped():
                ours = outbox.done(claimed, now=now, result={}, state=StepState.SKIPPED)
            case Again(at, trouble):
                ours = outbox.again(claimed, at=at, trouble=trouble)
            case Dead(trouble):
                ours = outbox.dead(claimed, now=now, trouble=trouble)
    wrote = claimed.kind in (EffectKind.PUSH, EffectKind.RETIRE) and not isinstance(outcome, Skipped)
    if not ours and wrote and claimed.service_id:
        _push_newest(claimed.service_id)


def _push_newest(service_id: int) -> None:
    """Have the newest made true again: our write came after our lease, perhaps over a newer version."""
    with transaction.atomic():
        service = Service.objects.select_for_update().get(pk=service_id)
        newest = find.newest_version(service)
        if newest is not None:
            kind = EffectKind.RETIRE if newest.verb == "retire" else EffectKind.PUSH
            again = Effect(kind, facts={REPAIR: "written after the lease"})
            outbox.put([again], plan=uuid4().hex, now=timezone.now(), service=service, version=newest)
