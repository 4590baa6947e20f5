"""Writes what Linekey tells people: a message's name and facts in, subject, text and HTML out.

Decides nothing: who is told what, and when, was decided before. Never keeps what it wrote, and is the only
module of this room that reveals a `Secret`.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.template import Context, Engine
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import pgettext

from linekey.domain.secret import Secret

_SERVICE = frozenset({"reference", "number"})
_ACCESS = frozenset({"reference", "login"})
_CHANGE = frozenset({"at", "by"})

MESSAGES: dict[str, frozenset[str]] = {
    "signed_in": frozenset({"device", "address", "at"}),
    "reset_password": frozenset({"link", "lasts_minutes"}),
    "password_changed": frozenset({"at"}),
    "sip_line_changed": _SERVICE | _CHANGE | {"username", "realm"},
    "sip_line_retired": _SERVICE | _CHANGE,
    "sip_line_link": _SERVICE | {"link", "expires"},
    "pppoe_access_credentials": _ACCESS | {"password"},
    "pppoe_access_changed": _ACCESS | _CHANGE,
    "pppoe_access_retired": _ACCESS | _CHANGE,
    "pppoe_access_link": _ACCESS | {"link", "expires"},
}
"""Facts each message needs. `at` and `expires` are aware datetimes, `lasts_minutes` a number of minutes,
`password` a Secret, `link` an absolute URL, the others words; `by` may be empty: then nobody is named."""

LANGUAGES = ("fr", "en")
MASK = "••••"
LONGEST_LINE = 200
"""Characters of a subject, and of one fact."""
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LINKS = frozenset({"link"})
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
    something as a password does (law 5). Raises KeyError for an unknown message and LookupError for a
    missing fact: both are bugs.
    """
    missing = MESSAGES[message] - facts.keys()
    if missing:
        raise LookupError(f"{message} lacks {', '.join(sorted(missing))}")
    language = recipient.language if recipient.language in LANGUAGES else LANGUAGES[0]
    with translation.override(language):
        words: dict[str, object] = {name: _shown(name, fact, masked) for name, fact in facts.items()}
        words |= {
            "customer_id": _one_line(recipient.customer_id),
            "name": _one_line(recipient.name),
            "language": language,
            "operator": _one_line(operator.name),
            "support_phone": _one_line(operator.support_phone),
            "public_url": operator.public_url,
            "lost_password_url": f"{operator.public_url}{_RECOVERY_PAGE}",
            "masked": masked,
        }
        subject = _one_line(_render(message, "subject.txt", words))
        words["subject"] = subject
        return Written(
            subject, _tidy(_render(message, "body.txt", words)), _render(message, "body.html", words)
        )


def _render(message: str, part: str, words: dict[str, object]) -> str:
    template = _engine.get_template(f"{message}/{part}")
    return str(template.render(Context(words, autoescape=part.endswith(".html"))))


def _shown(name: str, fact: object, masked: bool) -> str:
    if isinstance(fact, Secret):
        return MASK if masked else fact.reveal()
    if name in _LINKS:
        return MASK if masked else "".join(str(fact).split())
    if isinstance(fact, datetime):
        return _moment(fact)
    return _one_line(str(fact))


def _moment(at: datetime) -> str:
    """With the time zone, because the reader may be in another one than the operator."""
    local = timezone.localtime(at)
    # Translators: date and time in the letters of Django's "date" filter; T is the time zone.
    usual = pgettext("date and time", "j F Y, H:i T")
    # Translators: same, for the first day of a month.
    first = pgettext("date and time on the first", "j F Y, H:i T")
    return date_format(local, first if local.day == 1 else usual)


def _one_line(words: str) -> str:
    """Names and devices come from strangers: without line breaks they cannot pose as our own sentences."""
    clean = "".join(" " if _breaks(character) else character for character in words)
    line = " ".join(clean.split())
    return line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 1]}…"


def _breaks(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} or character in _BIDI_CONTROLS


def _tidy(text: str) -> str:
    """Blocks left empty by a template leave no hole: one empty line at most, none at the ends."""
    lines: list[str] = []
    for line in (each.strip() for each in text.splitlines()):
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines).strip() + "\n"
