"""The table of credential kinds. Kinds are data: to add one, start here and follow the failing tests."""

from dataclasses import dataclass
from enum import StrEnum


class Stored(StrEnum):
    """What the safe keeps of a secret."""

    DIGESTS = "digests"
    """Digests only, sealed: the clear secret cannot be had back."""
    SEALED = "sealed"
    """The secret itself, sealed, because the network protocol needs it in clear (CHAP)."""
    NOTHING = "nothing"
    """There is no secret."""


class Verb(StrEnum):
    CHANGE = "change"
    """The owner types a secret of their choice."""
    RESET = "reset"
    """The desk draws one and shows it once."""
    SEND = "send"
    """The desk draws one and delivers it to the contact address, in the mail or by a one-time link."""
    RETIRE = "retire"
    """The network accepts no secret any more."""


class Delivery(StrEnum):
    """How `Verb.SEND` delivers (NEW-5)."""

    MAIL = "mail"
    """The new secret stands in the mail, as PPPoE operators do."""
    LINK = "link"
    """The mail holds a one-time link; the secret is drawn when the link is opened, so it is never stored."""


class Mode(StrEnum):
    """How a new secret takes the place of the old one (NEW-1)."""

    GRACE = "grace"
    """Both are accepted until the new one is first used, or until a deadline. Nobody is cut."""
    IMMEDIATE = "immediate"
    """The old one is refused from the next request on, and what it opened is ended."""


@dataclass(frozen=True)
class Kind:
    code: str
    stored: Stored
    verbs: frozenset[Verb]
    deliveries: tuple[Delivery, ...]
    """Offered deliveries. MAIL needs `Stored.SEALED`: the worker must read the secret to write the mail."""
    drawn_length: int
    renew_after_days: int
    """Age at which the page reminds to renew (SIP-4)."""


SIP_LINE = Kind(
    code="sip_line",
    stored=Stored.DIGESTS,
    verbs=frozenset(Verb),
    deliveries=(Delivery.LINK,),
    drawn_length=16,
    renew_after_days=90,
)
PPPOE_ACCESS = Kind(
    code="pppoe_access",
    stored=Stored.SEALED,
    # Nobody chooses a PPPoE password: it always changes to one drawn by the desk (PPP-2).
    verbs=frozenset({Verb.RESET, Verb.SEND, Verb.RETIRE}),
    deliveries=(Delivery.MAIL, Delivery.LINK),
    drawn_length=16,
    renew_after_days=365,
)

HOSTED_PBX = Kind(
    code="hosted_pbx",
    stored=Stored.NOTHING,
    # Its user licences have the secrets, as lines.
    verbs=frozenset(),
    deliveries=(),
    drawn_length=0,
    renew_after_days=0,
)

KINDS = {kind.code: kind for kind in (SIP_LINE, PPPOE_ACCESS, HOSTED_PBX)}
