"""What may need somebody's attention: the kinds, what each means, and which comes first (NEW-11).

When a service needs it is decided by the rules of `domain.health`.
"""

from dataclasses import dataclass
from enum import StrEnum

from linekey.domain.errors import N_


class Attention(StrEnum):
    """What may need somebody's attention, the worst first."""

    ATTACKED = "attacked"
    ELEMENT_DOWN = "element_down"
    SITE_BEHIND = "site_behind"
    STOPPED = "stopped"
    NOT_BACK = "not_back"
    GRACE_ENDING = "grace_ending"
    NO_SECOND_FACTOR = "no_second_factor"
    OUTDATED = "outdated"
    OLD = "old"
    NEVER_USED = "never_used"


class About(StrEnum):
    SERVICE = "service"
    PERSON = "person"
    ELEMENT = "element"


@dataclass(frozen=True)
class Meaning:
    about: About
    tone: str
    """`danger`: act now; `warning`: act soon; `info`: when there is time."""
    title: str
    meaning: str


TABLE: dict[Attention, Meaning] = {
    Attention.ATTACKED: Meaning(
        About.SERVICE, "danger", N_("Under attack"), N_("Somebody tries passwords, one after the other.")
    ),
    Attention.ELEMENT_DOWN: Meaning(
        About.ELEMENT, "danger", N_("Element down"), N_("A network element or a gateway is not well.")
    ),
    Attention.SITE_BEHIND: Meaning(
        About.ELEMENT,
        "danger",
        N_("Site behind"),
        N_("A site does not receive the changes, or does not tell who logs in there."),
    ),
    Attention.STOPPED: Meaning(
        About.SERVICE, "danger", N_("Change stopped"), N_("The network or the mail refused the last change.")
    ),
    Attention.NOT_BACK: Meaning(
        About.SERVICE,
        "danger",
        N_("Device not back"),
        N_("The password changed, and no device came back with the new one."),
    ),
    Attention.GRACE_ENDING: Meaning(
        About.SERVICE,
        "warning",
        N_("Old password about to end"),
        N_("Nobody used the new password yet, and the old one is refused soon."),
    ),
    Attention.NO_SECOND_FACTOR: Meaning(
        About.PERSON,
        "warning",
        N_("No second factor"),
        N_("An account which acts for others opens with a password alone."),
    ),
    Attention.OUTDATED: Meaning(
        About.SERVICE,
        "warning",
        N_("Policy out of date"),
        N_("The password was chosen under weaker rules than those in force."),
    ),
    Attention.OLD: Meaning(
        About.SERVICE, "info", N_("Old password"), N_("The password has passed the age at which to renew it.")
    ),
    Attention.NEVER_USED: Meaning(
        About.SERVICE,
        "info",
        N_("Never used"),
        N_("A password was made, and no device was ever seen with it."),
    ),
}
WORST_FIRST = tuple(Attention)
OF_SERVICES = tuple(what for what in WORST_FIRST if TABLE[what].about is About.SERVICE)
