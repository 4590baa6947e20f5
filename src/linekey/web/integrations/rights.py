"""Access rules in words: what a person grants, before they grant it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

from linekey.domain.call_rules import may_change_passwords

_VERBS = {
    "GET": gettext_noop("Read"),
    "POST": gettext_noop("Act on"),
    "PUT": gettext_noop("Modify"),
    "DELETE": gettext_noop("Remove"),
}
_PLACES = (
    ("/me/notification", gettext_noop("your service e-mails")),
    ("/me/api", gettext_noop("your applications and keys")),
    ("/me", gettext_noop("your account")),
    ("/telephony", gettext_noop("your telephone lines")),
    ("/xdsl", gettext_noop("your internet accesses")),
    ("/auth", gettext_noop("the key itself")),
)
"""The longest beginning first."""
_EVERYTHING = gettext_noop("everything you can see")
_ELSEWHERE = gettext_noop("a part of the API that does not exist here")


@dataclass(frozen=True)
class Right:
    verb: str
    place: str
    method: str
    path: str
    makes_passwords: bool


def in_words(rules: Iterable[tuple[str, str]]) -> list[Right]:
    return [
        Right(
            verb=gettext(_VERBS[method]),
            place=gettext(_place(path)),
            method=method,
            path=path,
            makes_passwords=may_change_passwords(method, path),
        )
        for method, path in rules
    ]


def _place(pattern: str) -> str:
    fixed = pattern.partition("*")[0]
    if fixed == "/" and "*" in pattern:
        return _EVERYTHING
    for start, name in _PLACES:
        if fixed.startswith(start):
            return name
    return _ELSEWHERE
