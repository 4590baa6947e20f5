"""The operator's choices, one object inherited operator › reseller › customer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from linekey.domain.kinds import Delivery
from linekey.domain.limits import PERSON


@dataclass(frozen=True)
class Policy:
    """Defaults are the safe ones; an organisation overrides single values."""

    sip_rules: str = "legacy"
    """A preset of `domain/password_rules.py`: `legacy`, `anssi` or `nist`."""
    portal_rules: str = "portal"
    pppoe_delivery: Delivery = Delivery.LINK
    """NEW-5. `mail` is the habit of operators: the password then lies in a mailbox."""
    sign_in_code: str = "unusual"
    """ACC-9: `unusual` mails a code for a new device or network when there is no second factor; `never`."""
    lock_after: int = PERSON.most
    """TEAM-4: wrong attempts within an hour which lock an account for an hour."""
    security_question: bool = False
    """TEAM-7. Off: an answer can be found out (OWASP ASVS 5.0 6.4.2, NIST SP 800-63B-4 3.1.1.2)."""


def inherit(overrides: Iterable[Mapping[str, Any]]) -> Policy:
    """The policy in force, from the overrides of each organisation, the operator's first.

    Unknown names are ignored: an older release must be able to read a newer one's rows.
    """
    known = {item.name for item in fields(Policy)}
    policy = Policy()
    for layer in overrides:
        policy = replace(policy, **{name: value for name, value in layer.items() if name in known})
    return replace(policy, pppoe_delivery=Delivery(policy.pppoe_delivery))
