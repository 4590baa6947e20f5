"""Ada, the facts of her services and of her account, and how she reads an HTML mail."""

from datetime import UTC, datetime
from html.parser import HTMLParser

from linekey.delivery.letters import MESSAGES, WORDINGS, OperatorVoice, Recipient
from linekey.domain.secret import Secret

CODE = "048213"
TOKEN = "Zk3_q0PvF7tqZ8m1cQ2w9xY4nB6vR5tL0sD8fG2hJ1k"
OPERATOR = OperatorVoice("Cordée Télécom", "1007", "https://desk.test")
FACTS: dict[str, object] = {
    "reference": "xdsl-ab12345-1",
    "number": "+33972101010",
    "username": "0033972101010",
    "realm": "sip.desk.test",
    "login": "ab12345678@ppp.desk.test",
    "password": Secret("hT7k<Pwq&9dRm4"),
    "link": f"https://desk.test/lien/{TOKEN}",
    "expires": datetime(2026, 8, 4, 12, 3, tzinfo=UTC),
    "at": datetime(2026, 8, 2, 22, 30, tzinfo=UTC),
    "by": "Bruno & fils",
    "device": "Firefox on <Linux>",
    "address": "2001:db8::17",
    "lasts_minutes": 10,
    "code": Secret(CODE),
    "until": datetime(2026, 8, 2, 23, 30, tzinfo=UTC),
    "contact": "email",
    "shown": "a•••@example.test",
    "what": "key",
    "label": "<Clé> bleue & or",
    "key_id": "LKAK7Q2M9XVB4TRD",
    "left": "7",
    "why": "administrator",
    "role": "company_admin",
    "case": "DOS-7K3F-92QD",
    "reason": "Une <copie> lisible & entière",
    "mailbox": "replaced",
    "factors": "off",
    "answers": "cleared",
    "failed": "",
    "host": "erp.lumen.example",
}
CASES: dict[str, tuple[str, dict[str, object]]] = {
    **{message: (message, FACTS) for message in MESSAGES},
    **{
        f"{message}-{choice}": (message, FACTS | {name: choice})
        for message, needed in MESSAGES.items()
        for name, choices in WORDINGS.items()
        for choice in choices
        if name in needed and choice != FACTS[name]
    },
    "reset_password-by-nobody": ("reset_password", FACTS | {"by": ""}),
    "welcome-by-nobody": ("welcome", FACTS | {"by": ""}),
    "contact_changed-no-backup": ("contact_changed", FACTS | {"contact": "backup", "shown": ""}),
    "contact_changed-no-phone": ("contact_changed", FACTS | {"contact": "phone", "shown": ""}),
    "case_done-same-address": ("case_done", FACTS | {"mailbox": "", "shown": ""}),
    "case_refused-by-the-clock": ("case_refused", FACTS | {"failed": "address_taken", "reason": ""}),
    "sip_line_campaign-cut": ("sip_line_campaign", FACTS | {"until": ""}),
    "pppoe_access_campaign-cut": ("pppoe_access_campaign", FACTS | {"until": ""}),
    "pppoe_access_credentials-cut": ("pppoe_access_credentials", FACTS | {"until": ""}),
    "factor_added-without-name": ("factor_added", FACTS | {"label": ""}),
    **{
        f"recovery_code_used-{left}": ("recovery_code_used", FACTS | {"left": str(left)}) for left in range(4)
    },
}
"""Every message in every wording it has: its name, and facts that lead there."""

_SECRETS = {"password": "hT7k<Pwq&9dRm4", "code": CODE}
_DATES = {
    "fr": {
        "at": "3 août 2026 à 00:30 CEST",
        "until": "3 août 2026 à 01:30 CEST",
        "expires": "4 août 2026 à 14:03 CEST",
    },
    "en": {
        "at": "3 August 2026, 00:30 CEST",
        "until": "3 August 2026, 01:30 CEST",
        "expires": "4 August 2026, 14:03 CEST",
    },
}


class Reader(HTMLParser):
    """What a person reads of an HTML mail, and what its tags ask a mail program to fetch."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.language: str | None = None
        self._quiet = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.tags.append(tag)
        self._quiet = tag in {"style", "title"}
        self.links += [named["href"] or ""] if "href" in named else []
        self.language = named.get("lang", self.language)

    def handle_endtag(self, tag: str) -> None:
        self._quiet = False

    def handle_data(self, data: str) -> None:
        if not self._quiet:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def as_read(facts: dict[str, object], language: str) -> dict[str, str]:
    """What a person reads of each fact, where it stands in a letter."""
    dates = {name: text for name, text in _DATES[language].items() if facts.get(name)}
    return {name: str(fact) for name, fact in facts.items()} | _SECRETS | dates


def ada(language: str, name: str = "Ada Martin") -> Recipient:
    return Recipient("ab12345-lk", name, "ada@example.test", language)
