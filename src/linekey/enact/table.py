"""Which hand makes which effect true, and what trouble on the way means."""

from collections.abc import Callable, Sequence
from datetime import datetime

from linekey.domain.effects import EffectKind
from linekey.domain.trouble import Rejected, Unreachable
from linekey.enact import accounts, cases, messages, network, phones, sight, webhooks
from linekey.enact.outside import Again, Dead, Done, Outcome, Outside, backoff
from linekey.enact.versions import released, was_used, went_live, went_live_together
from linekey.records.claimed import Claimed

Hand = Callable[[Claimed, Outside, datetime], Outcome]

ONE_BY_ONE: dict[EffectKind, Hand] = {
    EffectKind.RELEASE: network.release,
    EffectKind.RETIRE: network.retire,
    EffectKind.DISCONNECT: network.disconnect,
    EffectKind.DELIVER: messages.deliver,
    EffectKind.INVITE: messages.invite,
    EffectKind.NOTIFY: messages.notify,
    EffectKind.RECOVER: accounts.recover,
    EffectKind.ACTIVATE: accounts.activate,
    EffectKind.CODE: accounts.code,
    EffectKind.CASE: cases.tell,
    EffectKind.CALL_BACK: cases.call_back,
    EffectKind.WATCH: sight.watch,
    EffectKind.OBSERVE: sight.observe,
    EffectKind.WEBHOOK: webhooks.send,
    EffectKind.NOTIFY_PHONE: phones.notify,
    EffectKind.FETCH: phones.fetch,
}
IN_BATCHES = {EffectKind.PUSH: network.push, EffectKind.DROP: network.drop}

TO_PEOPLE = frozenset(
    {
        EffectKind.DELIVER,
        EffectKind.INVITE,
        EffectKind.NOTIFY,
        EffectKind.RECOVER,
        EffectKind.ACTIVATE,
        EffectKind.CODE,
        EffectKind.CASE,
        EffectKind.CALL_BACK,
    }
)
"""Effects that wait for a mail server; the others wait for network elements, and for nobody's mail."""
TO_PROGRAMS = frozenset({EffectKind.WEBHOOK})
"""Effects that wait for systems of somebody else's, which may be slow: no mail waits behind them."""
TO_NETWORK = frozenset(EffectKind) - TO_PEOPLE - TO_PROGRAMS
LOOKS = frozenset({EffectKind.WATCH, EffectKind.OBSERVE, EffectKind.FETCH})
"""Those of `TO_NETWORK` which only look: nothing on the network waits for them."""

_GIVE_UP_QUIETLY = frozenset({EffectKind.OBSERVE})
"""A look is worth nothing later; the page says since when the element is silent."""


def make_true(batch: Sequence[Claimed], outside: Outside, now: datetime) -> dict[int, Outcome]:
    """An outcome per effect id.

    All of `batch` are of one kind; more than one only where batches are taken.
    """
    kind = EffectKind(batch[0].kind)
    try:
        if kind in IN_BATCHES:
            return IN_BATCHES[kind](batch, outside, now)
        return {claimed.id: ONE_BY_ONE[kind](claimed, outside, now) for claimed in batch}
    except Unreachable as trouble:
        return {claimed.id: _later(claimed, kind, now, str(trouble)) for claimed in batch}
    except Rejected as trouble:
        return {claimed.id: Dead(str(trouble)) for claimed in batch}


def _later(claimed: Claimed, kind: EffectKind, now: datetime, trouble: str) -> Outcome:
    if kind in _GIVE_UP_QUIETLY:
        return Done({"trouble": trouble[:300]})
    return Again(now + backoff(claimed.attempts), trouble)


def heard_meanwhile(claimed: Claimed) -> bool:
    """Did the element tell what this look waits for, after the look began?"""
    waits = claimed.kind in (EffectKind.WATCH, EffectKind.RELEASE)
    return waits and claimed.version_id is not None and was_used(claimed.version_id)


def after(claimed: Claimed, now: datetime) -> None:
    """What becomes true in our own records with the effect, in the transaction that settles it."""
    if claimed.kind in (EffectKind.PUSH, EffectKind.RETIRE) and claimed.version_id is not None:
        went_live(claimed.version_id, now)
    if claimed.kind == EffectKind.RELEASE and claimed.version_id is not None:
        released(claimed.version_id, now)


def after_together(batch: Sequence[Claimed], now: datetime) -> None:
    """`after` for a batch of one kind which is taken in batches."""
    if batch[0].kind == EffectKind.PUSH:
        went_live_together([each.version_id for each in batch if each.version_id is not None], now)
