"""From a verb to the effects it needs, and their order. The whole choreography is readable here."""

from linekey.domain.effects import Effect, EffectKind
from linekey.domain.kinds import PPPOE_ACCESS, SIP_LINE, Delivery, Kind, Mode, Verb

CUT: dict[Kind, EffectKind] = {SIP_LINE: EffectKind.DROP, PPPOE_ACCESS: EffectKind.DISCONNECT}
"""What ends a connection made with the old secret."""


def plan(
    kind: Kind,
    verb: Verb,
    *,
    mode: Mode = Mode.IMMEDIATE,
    delivery: Delivery | None = None,
    compromised: bool = False,
) -> list[Effect]:
    """The steps that make `verb` true, in order.

    Whoever changes or resets reads the new secret on the page, so the cut may follow at once. A secret
    sent by mail goes first, and a mail that dies blocks the cut behind it (law 4), unless the old
    secret is `compromised`: then the network comes first. In grace nothing is cut: the old secret is
    released once the new one was used, or at the deadline.
    """
    graceful = mode is Mode.GRACE and not compromised
    told = Effect(EffectKind.NOTIFY, ordered=False, message=f"{kind.code}_{_past(verb, graceful)}")
    watch = Effect(EffectKind.WATCH, ordered=False)
    if verb is Verb.RETIRE:
        return [Effect(EffectKind.RETIRE), Effect(CUT[kind]), told]
    if verb is Verb.SEND and delivery is Delivery.LINK:
        # Nothing changes on the network until the link is opened: the old secret keeps working.
        return [Effect(EffectKind.INVITE, message=f"{kind.code}_link")]
    on_network = [Effect(EffectKind.PUSH)] if graceful else [Effect(EffectKind.PUSH), Effect(CUT[kind])]
    afterwards = [watch, Effect(EffectKind.RELEASE, ordered=False)] if graceful else [watch]
    if verb is Verb.SEND:
        deliver = Effect(EffectKind.DELIVER, message=f"{kind.code}_credentials")
        if compromised:
            return [*on_network, deliver, *afterwards]
        return [deliver, *on_network, *afterwards]
    return [*on_network, told, *afterwards]


def ending(kind: Kind, *, by: str) -> list[Effect]:
    """The steps that end a grace before its time: the old secret is refused, then what it opened is cut.

    `by` is who asked for it, as the owner is told.
    """
    told = Effect(EffectKind.NOTIFY, ordered=False, message=f"{kind.code}_cut", facts={"by": by})
    return [Effect(EffectKind.RELEASE), Effect(CUT[kind]), told, Effect(EffectKind.WATCH, ordered=False)]


def _past(verb: Verb, graceful: bool) -> str:
    """The mail about it: `retired`, `changed`, or `renewed` where the old secret stays for a while."""
    if verb is Verb.RETIRE:
        return "retired"
    return "renewed" if graceful else "changed"
