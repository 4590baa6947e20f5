"""Every value of a policy: what it means, what it may be, and what a standard says against it.

One table for the page, the API and the reader of typed values. It decides nothing about whose value holds:
that is `policy.inherit`. NIST is SP 800-63B-4, ASVS is OWASP ASVS 5.0, ANSSI its guide of 2021.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from linekey.domain.errors import N_, Malformed
from linekey.domain.kinds import Delivery, Mode
from linekey.domain.policy import MemberReset, Setting

WHOLE_DAY = 24


@dataclass(frozen=True)
class Option:
    value: Setting
    title: str
    caution: str = ""
    """What a standard says against it; empty when none does."""

    @property
    def code(self) -> str:
        return text_of(self.value)


@dataclass(frozen=True)
class Choice:
    """One of a few."""

    title: str
    meaning: str
    options: tuple[Option, ...]

    @property
    def cautions(self) -> Mapping[Setting, str]:
        """What a standard says against some of the values."""
        return {option.value: option.caution for option in self.options if option.caution}

    def read(self, text: str) -> Setting:
        """Raises ValueError."""
        return self._option(text).value

    def titled(self, value: Setting) -> str:
        return self._option(text_of(value)).title

    def caution_of(self, value: Setting) -> str:
        """Empty when no standard says anything against it."""
        return self._option(text_of(value)).caution

    def _option(self, code: str) -> Option:
        for option in self.options:
            if option.code == code:
                return option
        raise ValueError(code)


@dataclass(frozen=True)
class Whole:
    """A whole number."""

    title: str
    meaning: str
    least: int
    most: int
    cautions: Mapping[Setting, str] = field(default_factory=dict)

    def read(self, text: str) -> Setting:
        """Raises ValueError."""
        if not (text.isascii() and text.isdigit() and len(text) <= len(str(self.most))):
            raise ValueError(text)
        number = int(text)
        if not self.least <= number <= self.most:
            raise ValueError(text)
        return number

    def titled(self, value: Setting) -> str:
        return str(value)

    def caution_of(self, value: Setting) -> str:
        return self.cautions.get(value, "")


_COMPOSED = N_(
    "NIST SP 800-63B-4 (3.1.1.2) and OWASP ASVS 5.0 (6.2.5, 6.2.9) want no rule about which characters to "
    "mix, and at least 64 characters accepted; ANSSI wants 12 or more."
)
TABLE: dict[str, Choice | Whole] = {
    "sip_rules": Choice(
        N_("Passwords of lines"),
        N_("What a SIP password must be like, typed or drawn."),
        (
            Option("anssi", N_("ANSSI: 12 to 64 characters of four kinds")),
            Option("nist", N_("NIST: 15 to 64 characters, any")),
            Option("legacy", N_("As before: 8 to 20 letters, digits and signs, two kinds"), _COMPOSED),
        ),
    ),
    "portal_rules": Choice(
        N_("Passwords of people"),
        N_("What the password with which somebody signs in here must be like."),
        (
            Option("portal", N_("At least 12 characters, any")),
            Option("portal_anssi", N_("ANSSI: at least 12 characters of four kinds")),
            Option("portal_nist", N_("NIST: at least 15 characters, any")),
            Option("portal_legacy", N_("As before: 8 to 20 letters, digits and signs, two kinds"), _COMPOSED),
        ),
    ),
    "pppoe_delivery": Choice(
        N_("Delivery of PPPoE passwords"),
        N_("How the contact of an internet access receives a new password."),
        (
            Option(Delivery.LINK.value, N_("A link that shows it once")),
            Option(
                Delivery.MAIL.value,
                N_("In the e-mail itself"),
                N_(
                    "The password then lies in a mailbox, readable as long as the mail is kept: OWASP "
                    "(Forgot Password Cheat Sheet) says never to mail one; ASVS 5.0 (6.4.1) never for long."
                ),
            ),
        ),
    ),
    "rotation": Choice(
        N_("New passwords of lines and accesses"),
        N_("What becomes of the old password, where whoever makes a new one does not choose."),
        (
            Option(Mode.GRACE.value, N_("It works until the new one is used: nobody is cut off")),
            Option(Mode.IMMEDIATE.value, N_("It is refused at once: whoever is connected is cut off")),
        ),
    ),
    "grace_hours": Whole(
        N_("Longest life of an old password, in hours"),
        N_("An old password whose successor nobody uses is refused after so many hours."),
        1,
        30 * WHOLE_DAY,
    ),
    "sign_in_code": Choice(
        N_("Code for an unusual sign-in"),
        N_(
            "From a new device or network, somebody without two-step verification types a code that was "
            "mailed."
        ),
        (
            Option("unusual", N_("Asked for")),
            Option(
                "never",
                N_("Never asked for"),
                N_(
                    "A stolen password alone then opens an account from anywhere: ASVS 5.0 (6.3.3) wants "
                    "more than a password."
                ),
            ),
        ),
    ),
    "lock_after": Whole(
        N_("Wrong attempts before the lock"),
        N_(
            "After so many wrong passwords within an hour an account is locked for an hour. NIST allows at "
            "most 100."
        ),
        3,
        100,
    ),
    "security_question": Choice(
        N_("Security question"),
        N_("Asked beside the link when a password is lost, of whoever set one. It opens nothing alone."),
        (
            Option(False, N_("Not used")),
            Option(
                True,
                N_("Offered"),
                N_(
                    "Answers can be found out: NIST SP 800-63B-4 (3.1.1.2) and OWASP ASVS 5.0 (6.4.2) forbid "
                    "such questions."
                ),
            ),
        ),
    ),
    "member_reset": Choice(
        N_("Password of a member, by an administrator"),
        N_("How a member whose password is reset by an administrator gets a new one."),
        (
            Option(MemberReset.LINK.value, N_("The member chooses it, by a link")),
            Option(
                MemberReset.MAIL.value,
                N_("One is drawn and mailed, to be changed at the next sign-in"),
                N_(
                    "A password in a mailbox: ASVS 5.0 (6.4.1) accepts it only for a short time. It must be "
                    "changed at the next sign-in."
                ),
            ),
            Option(
                MemberReset.TYPED.value,
                N_("The administrator types it, to be changed at the next sign-in"),
                N_(
                    "An administrator then knows the password of somebody else: ASVS 5.0 (6.4.6) lets them "
                    "start a reset, and never choose."
                ),
            ),
        ),
    ),
    "case_wait_hours": Whole(
        N_("Waiting time of support decisions, in hours"),
        N_(
            "A decision of support about an account takes effect after so many hours; until then every "
            "contact of the account can stop it."
        ),
        0,
        30 * WHOLE_DAY,
        {
            0: N_(
                "Without a wait, whoever fooled support has the account before its owner reads the warning: "
                "the notices can no longer stop anything."
            )
        },
    ),
}

_STRICT: dict[str, Setting] = {
    "pppoe_delivery": Delivery.LINK.value,
    "rotation": Mode.GRACE.value,
    "grace_hours": 3 * WHOLE_DAY,
    "sign_in_code": "unusual",
    "lock_after": 10,
    "security_question": False,
    "member_reset": MemberReset.LINK.value,
    "case_wait_hours": 2 * WHOLE_DAY,
}
PRESETS: dict[str, Mapping[str, Setting]] = {
    "anssi": {"sip_rules": "anssi", "portal_rules": "portal_anssi", **_STRICT},
    "nist": {"sip_rules": "nist", "portal_rules": "portal_nist", **_STRICT},
    # What operators did before: the rules of their help pages.
    "legacy": {
        "sip_rules": "legacy",
        "portal_rules": "portal_legacy",
        "pppoe_delivery": Delivery.MAIL.value,
        "rotation": Mode.IMMEDIATE.value,
        "grace_hours": 3 * WHOLE_DAY,
        "sign_in_code": "unusual",
        "lock_after": 10,
        "security_question": True,
        "member_reset": MemberReset.MAIL.value,
        "case_wait_hours": 0,
    },
}
"""Each decides every value."""


def entry(name: str) -> Choice | Whole:
    """Raises Malformed for a name no policy has."""
    if name not in TABLE:
        raise Malformed(field=name[:60], why=N_("no policy has this value"))
    return TABLE[name]


def read(name: str, text: str) -> Setting:
    """What was typed for one value, as it is kept. Raises Malformed, naming the value."""
    try:
        return entry(name).read(text)
    except ValueError:
        raise Malformed(field=name, why=N_("it is none of the values this may have")) from None


def text_of(value: Setting) -> str:
    """As forms and the audit trail write it: `yes` and `no`, digits, or the code."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
