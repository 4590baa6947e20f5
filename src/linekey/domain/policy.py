"""The operator's choices, one object inherited operator › reseller › customer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Generic, TypeVar

from linekey.domain.kinds import Delivery, Mode
from linekey.domain.limits import PERSON

Setting = str | bool | int
"""One value of a policy, as it is kept."""
Whose = TypeVar("Whose")


class MemberReset(StrEnum):
    """How a member whose password an administrator resets gets a new one."""

    LINK = "link"
    """A link by mail: nobody but the member ever knows it."""
    MAIL = "mail"
    """One is drawn and mailed, and must be changed at the next sign-in."""
    TYPED = "typed"
    """The administrator types one, after their own (against ASVS 5.0, 6.4.6); it must be changed too."""


@dataclass(frozen=True)
class Policy:
    """Defaults are the safe ones; an organisation overrides single values."""

    sip_rules: str = "legacy"
    """A preset of `domain/password_rules.py`: `legacy`, `anssi` or `nist`."""
    portal_rules: str = "portal"
    """Likewise: `portal`, `portal_anssi`, `portal_nist` or `portal_legacy`."""
    pppoe_delivery: Delivery = Delivery.LINK
    """NEW-5. `mail` is the habit of operators: the password then lies in a mailbox."""
    rotation: Mode = Mode.GRACE
    """NEW-1: how a new password of a service takes the old one's place, unless told otherwise."""
    grace_hours: int = 72
    """How long the old password is accepted at most, when nobody uses the new one."""
    sign_in_code: str = "unusual"
    """ACC-9: `unusual` mails a code for a new device or network when there is no second factor; `never`."""
    lock_after: int = PERSON.most
    """TEAM-4: wrong attempts within an hour which lock an account for an hour."""
    security_question: bool = False
    """TEAM-7. Off: an answer can be found out (OWASP ASVS 5.0 6.4.2, NIST SP 800-63B-4 3.1.1.2)."""
    member_reset: MemberReset = MemberReset.LINK
    """TEAM-2: what an administrator may do about a member's password, beside sending a link."""
    case_wait_hours: int = 48
    """How long a decision of support waits before it takes effect, while every contact may stop it."""


def inherit(overrides: Iterable[Mapping[str, Any]]) -> Policy:
    """The policy in force, from the overrides of each organisation, the operator's first.

    Unknown names are ignored: an older release must be able to read a newer one's rows.
    """
    decided = {name: value for layer in overrides for name, value in layer.items() if name in _KNOWN}
    return Policy(**decided | {name: of(decided[name]) for name, of in _WORDS.items() if name in decided})


_KNOWN = frozenset(item.name for item in fields(Policy))
_WORDS: dict[str, type[StrEnum]] = {"pppoe_delivery": Delivery, "rotation": Mode, "member_reset": MemberReset}


@dataclass(frozen=True)
class InForce(Generic[Whose]):
    value: Setting
    decided_by: Whose | None
    """Whoever decided it; None where nobody did, and our own default holds."""


def explain(layers: Iterable[tuple[Whose, Mapping[str, Any]]]) -> dict[str, InForce[Whose]]:
    """Each value that `inherit` gives, with the organisation it comes from.

    `layers` are organisations with their overrides, the operator's first.
    """
    above = list(layers)
    policy = inherit(overrides for _, overrides in above)
    decided = {name: whose for whose, overrides in above for name in overrides}
    return {item.name: InForce(getattr(policy, item.name), decided.get(item.name)) for item in fields(Policy)}
