"""Write down what came of an effect, if it is still ours; mend the element if it is not."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from linekey.domain.effects import REPAIR, Effect, EffectKind, StepState
from linekey.enact import table
from linekey.enact.outside import Again, Dead, Done, Outcome, Skipped
from linekey.records import find, outbox
from linekey.records.claimed import Claimed
from linekey.records.models import Service
from linekey.usecases import keep_health

_CHANGES_HEALTH = (EffectKind.PUSH, EffectKind.RETIRE, EffectKind.RELEASE, EffectKind.OBSERVE)


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
                if ours and not trouble and table.heard_meanwhile(claimed):
                    outbox.hurry_plan(claimed.plan, now=now)
            case Dead(trouble):
                ours = outbox.dead(claimed, now=now, trouble=trouble)
    wrote = claimed.kind in (EffectKind.PUSH, EffectKind.RETIRE) and not isinstance(outcome, Skipped)
    if not ours and wrote and claimed.service_id:
        _push_newest(claimed.service_id)
    if ours and claimed.service_id:
        _look_after(claimed.kind, claimed.service_id, outcome, now)


def settle_together(batch: Sequence[Claimed], outcomes: Mapping[int, Outcome]) -> None:
    """Each of a batch of one kind as `settle` would; what became true at once is written down at once."""
    done = [(each, outcome.result) for each in batch if isinstance(outcome := outcomes[each.id], Done)]
    together = {each.id for each, _ in done} if len(done) > 1 else set()
    for each in batch:
        if each.id not in together:
            settle(each, outcomes[each.id])
    if not together:
        return
    now = timezone.now()
    with transaction.atomic():
        ours = outbox.done_together(done, now=now)
        if ours:
            table.after_together([each for each, _ in done if each.id in ours], now)
    for each, _ in done:
        if each.id not in ours and each.kind == EffectKind.PUSH and each.service_id:
            _push_newest(each.service_id)
    if batch[0].kind in _CHANGES_HEALTH:
        changed = {each.service_id for each, _ in done if each.id in ours and each.service_id}
        keep_health.judge_all_marked(changed, now=now)


def _look_after(kind: str, service_id: int, outcome: Outcome, now: datetime) -> None:
    """What needs attention changes here: another secret is in force, a device is back, a step is refused."""
    if isinstance(outcome, Dead) or (isinstance(outcome, Done) and kind == EffectKind.WATCH):
        keep_health.judge_services([service_id], now=now)
    elif isinstance(outcome, Done) and kind in _CHANGES_HEALTH:
        keep_health.judge_marked(service_id, now=now)


def _push_newest(service_id: int) -> None:
    """Have the newest made true again: our write came after our lease, perhaps over a newer version."""
    with transaction.atomic():
        service = Service.objects.select_for_update().get(pk=service_id)
        newest = find.newest_version(service)
        if newest is not None:
            kind = EffectKind.RETIRE if newest.verb == "retire" else EffectKind.PUSH
            again = Effect(kind, facts={REPAIR: "written after the lease"})
            outbox.put([again], plan=uuid4().hex, now=timezone.now(), service=service, version=newest)
