"""Writes what Linekey tells people: a message's name and facts in, subject, text and HTML out.

Decides nothing: who is told what, and when, was decided before. Never keeps what it wrote, never shows a fact
but through `facts`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.template import Context, Engine
from django.utils import translation

from linekey.delivery.facts import one_line, shown
from linekey.delivery.gsm import in_gsm
from linekey.domain.factors import FEW_CODES

_SERVICE = frozenset({"reference", "number"})
_ACCESS = frozenset({"reference", "login"})
_CHANGE = frozenset({"at", "by"})
_CODE = frozenset({"code", "lasts_minutes"})
_PLACE = frozenset({"device", "address", "at"})
_FACTOR = frozenset({"what", "label", "at"})
_ACCESS_KEY = frozenset({"label", "key_id", "at"})
_CASE_CHANGES = frozenset({"mailbox", "factors", "answers", "shown"})

MESSAGES: dict[str, frozenset[str]] = {
    "signed_in": _PLACE,
    "sign_in_code": _CODE | _PLACE,
    "contact_code": _CODE | {"contact"},
    "account_locked": frozenset({"until", "address", "at"}),
    "account_disabled": frozenset({"why"}),
    "welcome": frozenset({"link", "expires", "by"}),
    "activate_account": frozenset({"link", "expires"}),
    "account_created": frozenset({"at"}),
    "account_exists": frozenset(),
    "reset_password": frozenset({"link", "lasts_minutes", "by"}),
    "password_changed": frozenset({"at"}),
    "member_unlocked": _CHANGE,
    "member_disabled": _CHANGE | {"why"},
    "member_enabled": _CHANGE,
    "role_changed": _CHANGE | {"role"},
    "member_password": frozenset({"password", "expires", "by"}),
    "password_set": _CHANGE | {"until"},
    "factors_cleared": _CHANGE,
    "contact_changed": frozenset({"contact", "shown", "at"}),
    "factor_added": _FACTOR,
    "factor_removed": _FACTOR,
    "recovery_code_used": frozenset({"left", "address", "at"}),
    "device_trusted": _PLACE,
    "webhook_disabled": frozenset({"label", "host", "at"}),
    "access_key_created": _ACCESS_KEY,
    "access_key_revoked": _ACCESS_KEY,
    "case_opened": frozenset({"case", "link"}),
    "case_more_wanted": frozenset({"case", "link", "reason"}),
    "case_decided": frozenset({"case", "link", "until"}) | _CASE_CHANGES,
    "case_refused": frozenset({"case", "reason", "failed"}),
    "case_stopped": frozenset({"case", "at"}),
    "case_done": frozenset({"case", "at"}) | _CASE_CHANGES,
    "sip_line_changed": _SERVICE | _CHANGE | {"username", "realm"},
    "sip_line_renewed": _SERVICE | _CHANGE | {"username", "realm", "until"},
    "sip_line_cut": _SERVICE | _CHANGE | {"username", "realm"},
    "sip_line_retired": _SERVICE | _CHANGE,
    "sip_line_link": _SERVICE | {"link", "expires"},
    "pppoe_access_credentials": _ACCESS | {"password", "until"},
    "pppoe_access_changed": _ACCESS | _CHANGE,
    "pppoe_access_renewed": _ACCESS | _CHANGE | {"until"},
    "pppoe_access_cut": _ACCESS | _CHANGE,
    "pppoe_access_retired": _ACCESS | _CHANGE,
    "pppoe_access_link": _ACCESS | {"link", "expires"},
    "sip_line_campaign": _SERVICE | {"link", "expires", "by", "until"},
    "pppoe_access_campaign": _ACCESS | {"link", "expires", "by", "until"},
}
"""Facts each mail needs. `at`, `until` and `expires` are aware datetimes, `lasts_minutes` and `left` numbers,
`password` and `code` a Secret, `link` an absolute URL, the others words. `by` may be empty: then nobody is
named; so may `label`: it has no name; `shown`, a contact its caller masked: it was removed, or stays; and the
`until` of credentials and of a campaign: no earlier password is accepted."""

SMS: dict[str, frozenset[str]] = {
    "sign_in_code": _CODE,
    "contact_code": _CODE,
    "case_call_back": _CODE,
    "case_decided": frozenset({"link"}),
}
"""Facts each SMS needs."""

WORDINGS: dict[str, tuple[str, ...]] = {
    "contact": ("email", "backup", "phone"),
    "what": ("totp", "key", "passkey", "codes", "pin", "question"),
    "why": ("", "administrator", "payment", "email_conflict", "validation"),
    "role": (
        "subscriber",
        "company_admin",
        "primary_admin",
        "reseller",
        "support_agent",
        "operator_admin",
    ),
    "mailbox": ("", "replaced", "promoted"),
    "factors": ("", "off"),
    "answers": ("", "cleared"),
    "failed": ("", "address_taken", "backup_changed"),
}
"""Facts that choose the sentence and never stand in it, with the values there are sentences for."""

LANGUAGES = ("fr", "en")
LONGEST_SENDER = 24
"""Characters of the operator's name in an SMS: the code must not be pushed out of it."""
_RECOVERY_PAGE = "/mot-de-passe-perdu"

_engine = Engine(
    dirs=[str(Path(__file__).parent / "messages")],
    builtins=["django.templatetags.i18n"],
)


@dataclass(frozen=True)
class Recipient:
    customer_id: str
    """Stands in every message, so that it can be found again (ACC-3)."""
    name: str
    address: str
    language: str
    """`fr` or `en`; any other is written to in French."""


@dataclass(frozen=True)
class OperatorVoice:
    """In whose name Linekey writes."""

    name: str
    support_phone: str
    public_url: str
    """Customer area, no final slash. Links are built from it, never from a request (law 9)."""


@dataclass(frozen=True)
class Written:
    """One mail in one language. Its representation shows the subject only: the rest may hold a secret."""

    subject: str
    """One line, at most `LONGEST_LINE` characters."""
    text: str
    html: str

    def __repr__(self) -> str:
        return f"Written({self.subject!r})"


def write(
    message: str,
    recipient: Recipient,
    facts: Mapping[str, object],
    *,
    operator: OperatorVoice,
    masked: bool,
) -> Written:
    """Render `messages/<message>/` in the recipient's language; facts it does not need are ignored.

    `masked` writes the copy for the archive: secrets and one-time links are dots, because a link opens
    something as a password does (law 5). Raises KeyError for an unknown message and LookupError for a fact
    that is missing, or that there are no words for: all are bugs.
    """
    _demand(message, MESSAGES[message], facts)
    language = _spoken(recipient.language)
    with translation.override(language):
        words: dict[str, object] = {name: shown(name, fact, masked=masked) for name, fact in facts.items()}
        words |= {
            "customer_id": one_line(recipient.customer_id),
            "name": one_line(recipient.name),
            "language": language,
            "operator": one_line(operator.name),
            "support_phone": one_line(operator.support_phone),
            "public_url": operator.public_url,
            "lost_password_url": f"{operator.public_url}{_RECOVERY_PAGE}",
            "few_codes": FEW_CODES,
            "masked": masked,
        }
        subject = one_line(_render(message, "subject.txt", words))
        words["subject"] = subject
        return Written(
            subject, _tidy(_render(message, "body.txt", words)), _render(message, "body.html", words)
        )


def write_sms(message: str, language: str, facts: Mapping[str, object], *, operator: OperatorVoice) -> str:
    """Render `messages/<message>/sms.txt`: one line in the GSM alphabet, at most 160 characters.

    Its secret is in clear, and no copy is kept. Raises as `write` does; KeyError also for a message that is
    mail only.
    """
    _demand(message, SMS[message], facts)
    with translation.override(_spoken(language)):
        words: dict[str, object] = {name: shown(name, fact, masked=False) for name, fact in facts.items()}
        words["operator"] = in_gsm(one_line(operator.name))[:LONGEST_SENDER]
        return in_gsm(one_line(_render(message, "sms.txt", words)))


def _demand(message: str, needed: frozenset[str], facts: Mapping[str, object]) -> None:
    missing = needed - facts.keys()
    if missing:
        raise LookupError(f"{message} lacks {', '.join(sorted(missing))}")
    for name in needed & WORDINGS.keys():
        if facts[name] not in WORDINGS[name]:
            raise LookupError(f"{message} has no words for this {name}: {facts[name]!r}")


def _spoken(language: str) -> str:
    return language if language in LANGUAGES else LANGUAGES[0]


def _render(message: str, part: str, words: dict[str, object]) -> str:
    template = _engine.get_template(f"{message}/{part}")
    return str(template.render(Context(words, autoescape=part.endswith(".html"))))


def _tidy(text: str) -> str:
    """Blocks left empty by a template leave no hole: one empty line at most, none at the ends."""
    lines: list[str] = []
    for line in (each.strip() for each in text.splitlines()):
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines).strip() + "\n"
