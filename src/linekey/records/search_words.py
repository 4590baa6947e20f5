"""What a service is found by, and what a question asks for: the same words on every engine. No table here.

A *word* is a letter that names the column and a value: `s` + `active`, `r` + `fpc17`. A service has one set
of words. A question is some words that must all be there (the index proposes), and for each filter a
substring of one column of the service's entry (the row decides): an index may propose too much, never too
little.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import lru_cache
from ipaddress import ip_address

from linekey.domain.access import Actor, Role
from linekey.domain.errors import N_, Malformed
from linekey.domain.kinds import KINDS
from linekey.records.models import Service

LENGTHS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 28)
"""Beginnings of references that are words; what a question has beyond the longest is checked on the row."""
USER_LICENCE, PLAIN_LINE = "user_licence", "plain_line"
KINDS_FOUND = (
    *KINDS,
    USER_LICENCE,
    *(f"{USER_LICENCE}_{each}" for each in ("simple", "svi", "fax")),
    PLAIN_LINE,
)
"""What `Filters.kind` can be: a `sip_line` is a plain line or a user licence."""
NAMES = "cet"
"""Letters of the columns that are searched anywhere in them; the others only from their beginning."""
CACHED = 8_192
"""Names whose words are remembered, in some megabytes."""
_TRIPLE = 3
_IPV4 = re.compile(r"(\d{1,3}\.){0,2}\d{1,3}\.?")
_IPV6 = re.compile(r"[0-9a-f]{1,4}(:[0-9a-f]{1,4}){0,7}:?:?")


@dataclass(frozen=True)
class Filters:
    """Any mix; empty narrows nothing (CTX-1)."""

    reference: str = ""
    client: str = ""
    client_reference: str = ""
    end_client: str = ""
    kind: str = ""
    """One of `KINDS_FOUND`."""
    product: str = ""
    accountcode: str = ""
    address: str = ""
    """A whole address, or its beginning up to a dot or colon."""
    state: str = ""
    text: str = ""
    """Part of a reference, name, number, login, client's name or owner's last name."""

    @property
    def given(self) -> dict[str, str]:
        return {field.name: value for field in fields(self) if (value := getattr(self, field.name))}


@dataclass(frozen=True)
class Entry:
    """The columns of `SearchEntry`."""

    branch: int
    keys: str
    client: str
    end_client: str
    text: str


@dataclass(frozen=True)
class Condition:
    words: tuple[str, ...]
    column: str
    part: str
    """A substring of the column, where every value stands between line feeds."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a service is found by, as it stands in the tables; without an owner, a line, an access: None."""

    path: str
    kind: str
    state: str
    reference: str
    name: str
    end_client: str
    product: str
    accountcode: str
    address: str | None
    organisation__name: str
    organisation__reference: str
    owner_id: int | None
    owner__last_name: str | None
    sip__number: str | None
    sip__licence: str | None
    ppp__login: str | None


@lru_cache(CACHED)
def folded(value: str) -> str:
    """Without accents, case, control characters and double blanks: `Œuvre  d’Été` is `oeuvre d'ete`."""
    if not value.isascii():
        value = value.replace("’", "'").replace("œ", "oe").replace("Œ", "oe")
        value = unicodedata.normalize("NFKD", value)
        value = "".join(each for each in value if not unicodedata.combining(each))
    value = value.casefold()
    if not value.isprintable():
        # A lone surrogate is no character: PostgreSQL cannot even be asked about it.
        value = "".join(each if each.isprintable() else " " for each in value)
    return " ".join(value.split())


def entry_of(facts: Facts) -> Entry:
    levels = facts.path.split(".")
    keys = ["p" + "".join(f"{level}." for level in levels[: depth + 1]) for depth in range(len(levels) - 1)]
    keys += [f"o{facts.owner_id}"] if facts.owner_id else []
    keys += [f"k{code}" for code in _kinds(facts.kind, facts.sip__licence or "")]
    reference, client = folded(facts.reference), folded(facts.organisation__name)
    keys += ["s" + facts.state, "r" + reference, "d" + folded(facts.organisation__reference)]
    keys += ["f" + folded(facts.product), "a" + folded(facts.accountcode), "i" + spelled(facts.address)]
    texts = [reference, folded(facts.name), client]
    texts += [folded(each) for each in (facts.sip__number, facts.ppp__login) if each is not None]
    texts += [] if facts.owner__last_name is None else [folded(facts.owner__last_name)]
    branch = int(levels[1]) if len(levels) > 2 else 0
    return Entry(branch, _lines(keys), _lines([client]), _lines([folded(facts.end_client)]), _lines(texts))


def words_of(entry: Entry) -> set[str]:
    words: set[str] = set()
    for key in entry.keys.strip("\n").split("\n"):
        letter, value = key[0], key[1:]
        if letter in "rdfa":
            words.update(letter + value[:length] for length in LENGTHS if length <= len(value))
        elif letter == "i":
            words.update("i" + value[: match.end()] for match in re.finditer(r"[.:]", value))
        else:
            words.add(key)
    for letter, column in (("c", entry.client), ("e", entry.end_client), ("t", entry.text)):
        for line in column.strip("\n").split("\n"):
            words.update(_words_within(letter, line))
    return words


@lru_cache(CACHED)
def _words_within(letter: str, line: str) -> tuple[str, ...]:
    """Of thousands of services many have a name, a client or a town in common."""
    triples = {letter + line[at : at + _TRIPLE] for at in range(len(line) - _TRIPLE + 1)}
    beginnings = {f"{letter}^{word[:length]}" for word in line.split() for length in (1, 2)}
    return tuple(triples | beginnings)


def seen_by(actor: Actor) -> Condition:
    """What `domain.access.sees` says, as a word."""
    key = f"o{actor.person_id}" if actor.role is Role.SUBSCRIBER else f"p{actor.path}"
    return Condition((key,), "keys", f"\n{key}\n")


def question(filters: Filters) -> list[Condition]:
    """Raises Malformed for an address that is the beginning of none."""
    return [condition for condition in _asked(filters) if condition.words]


def _asked(filters: Filters) -> Iterator[Condition]:
    references = (
        ("r", filters.reference),
        ("d", filters.client_reference),
        ("f", filters.product),
        ("a", filters.accountcode),
    )
    for letter, typed in references:
        yield _begins(letter, folded(typed))
    for letter, code in (("k", folded(filters.kind)), ("s", folded(filters.state))):
        yield Condition((letter + code,) if code else (), "keys", f"\n{letter}{code}\n")
    if folded(filters.address):
        beginning = "i" + address_beginning(filters.address)
        yield Condition((beginning,), "keys", f"\n{beginning}")
    names = (
        ("c", filters.client, "client"),
        ("e", filters.end_client, "end_client"),
        ("t", filters.text, "text"),
    )
    for letter, typed, column in names:
        yield _contains(letter, folded(typed), column)


def _begins(letter: str, value: str) -> Condition:
    length = max((each for each in LENGTHS if each <= len(value)), default=0)
    return Condition((letter + value[:length],) if length else (), "keys", f"\n{letter}{value}")


def _contains(letter: str, value: str, column: str) -> Condition:
    """Anywhere in a name; one letter or two only where a word of it begins, or everything would match."""
    if len(value) < _TRIPLE:
        return Condition((f"{letter}^{value}",) if value else (), column, value)
    last = len(value) - _TRIPLE
    # Those between say little more, and each is one more list to walk along.
    triples = {value[at : at + _TRIPLE] for at in (*range(0, last, _TRIPLE), last)}
    return Condition(tuple(letter + each for each in sorted(triples)), column, value)


@lru_cache(CACHED)
def spelled(address: str | None) -> str:
    """So that every dotted or colon beginning ends with its sign: `192.0.2.7.`, `2001:0db8:…:0001:`."""
    if not address:
        return ""
    found = ip_address(address)
    return found.exploded + ("." if found.version == 4 else ":")


def address_beginning(typed: str) -> str:
    """`192.0.2` as `192.0.2.`, `2001:db8::` as `2001:0db8:`. Raises Malformed."""
    typed = folded(typed)
    try:
        if not typed.endswith("::"):
            return spelled(typed)
    except ValueError:
        pass
    if ":" not in typed and _IPV4.fullmatch(typed):
        parts = typed.rstrip(".").split(".")
        if all(int(part) <= 255 for part in parts):
            return "".join(f"{int(part)}." for part in parts)
    elif _IPV6.fullmatch(typed):
        return "".join(f"{part:>04}:" for part in typed.rstrip(":").split(":"))
    raise Malformed(field="address", why=N_("it is no address, nor the beginning of one"))


def _kinds(kind: str, licence: str) -> list[str]:
    if kind != Service.Kind.SIP_LINE:
        return [kind]
    return [kind, *([USER_LICENCE, f"{USER_LICENCE}_{licence}"] if licence else [PLAIN_LINE])]


def _lines(values: list[str]) -> str:
    return "".join(f"\n{value}" for value in values) + "\n"
