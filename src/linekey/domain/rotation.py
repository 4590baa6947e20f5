"""From a verb to the effects it needs, and their order. The whole choreography is readable here."""

from linekey.domain.effects import Effect, EffectKind
from linekey.domain.kinds import PPPOE_ACCESS, SIP_LINE, Delivery, Kind, Verb

CUT: dict[Kind, EffectKind] = {SIP_LINE: EffectKind.DROP, PPPOE_ACCESS: EffectKind.DISCONNECT}
"""What ends a connection made with the old secret."""


def plan(
    kind: Kind, verb: Verb, *, delivery: Delivery | None = None, compromised: bool = False
) -> list[Effect]:
    """The steps that make `verb` true, in order.

    Whoever changes or resets reads the new secret on the page, so the cut may follow at once. A secret
    sent by mail goes first, and a mail that dies blocks the cut behind it (law 4), unless the old
    secret is `compromised`: then the network comes first.
    """
    cut = Effect(CUT[kind])
    told = Effect(EffectKind.NOTIFY, ordered=False, message=f"{kind.code}_{_past(verb)}")
    watch = Effect(EffectKind.WATCH, ordered=False)
    if verb is Verb.RETIRE:
        return [Effect(EffectKind.RETIRE), cut, told]
    if verb is Verb.SEND and delivery is Delivery.LINK:
        # Nothing changes on the network until the link is opened: the old secret keeps working.
        return [Effect(EffectKind.INVITE, message=f"{kind.code}_link")]
    if verb is Verb.SEND:
        deliver = Effect(EffectKind.DELIVER, message=f"{kind.code}_credentials")
        on_network = [Effect(EffectKind.PUSH), cut]
        return [*on_network, deliver, watch] if compromised else [deliver, *on_network, watch]
    return [Effect(EffectKind.PUSH), cut, told, watch]


def _past(verb: Verb) -> str:
    return {Verb.CHANGE: "changed", Verb.RESET: "changed", Verb.RETIRE: "retired"}.get(verb, verb.value)
