"""Is this secret good enough, and if not, which rule says so and how is it satisfied?

One definition serves the page before typing, the ticks while typing, and the server's verdict.
"""

import re
import unicodedata
from collections.abc import Callable, Container
from dataclasses import dataclass, field

from linekey.domain.errors import N_
from linekey.domain.secret import Secret


@dataclass(frozen=True)
class Circumstances:
    """What a secret is judged against, beside itself."""

    personal: tuple[str, ...] = ()
    """Names, birth date, e-mail, phone numbers, customer ID of everybody the service belongs to."""
    common: Container[str] = field(default_factory=frozenset)
    """Lower-case common and leaked passwords."""
    used_before: Callable[[Secret], bool] = lambda secret: False


@dataclass(frozen=True)
class Rule:
    code: str
    condition: str
    """Shown before typing, e.g. « Entre 8 et 20 caractères ». `%(name)s` places take `values`."""
    advice: str
    """How to satisfy it."""
    holds: Callable[[str, Circumstances], bool] = field(repr=False, compare=False)
    values: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True)
class Verdict:
    rule: Rule
    good: bool


def judge(rules: tuple[Rule, ...], secret: Secret, circumstances: Circumstances) -> list[Verdict]:
    """A verdict per rule, in the order the page lists them."""
    clear = secret.reveal()
    return [Verdict(rule, rule.holds(clear, circumstances)) for rule in rules]


def length(least: int, most: int) -> Rule:
    return Rule(
        "length",
        N_("Between %(least)d and %(most)d characters"),
        N_("Use at least %(least)d and at most %(most)d characters."),
        lambda clear, _: least <= len(clear) <= most,
        (("least", least), ("most", most)),
    )


def _charset(pattern: str, condition: str, advice: str) -> Rule:
    allowed = re.compile(pattern)
    return Rule("charset", condition, advice, lambda clear, _: bool(allowed.fullmatch(clear)))


# What the operators' page of a SIP password accepts, and its older edition (`%`).
LEGACY_CHARSET = _charset(
    r"""[A-Za-z0-9_~"#'{}()\[\]\-|\\^@=*+/!:;.,?<>µ%]+""",
    N_("Only unaccented letters, digits and # { } ( ) [ ] - _ | \\ @ = * + / ! : ; . , ? < > ~ ^ % \" '"),
    N_("Remove spaces, accented letters and other symbols."),
)
PRINTABLE_ASCII = _charset(
    r"[ -~]+",
    N_("Only characters found on every keyboard: unaccented letters, digits, punctuation, spaces"),
    N_("Remove accented letters and characters a phone cannot type."),
)
NO_CONTROL = Rule(
    "charset",
    N_("Any characters, spaces and emoji included"),
    N_("Remove invisible control characters."),
    lambda clear, _: not any(unicodedata.category(c) in ("Cc", "Cs", "Cn") for c in clear),
)


def classes(least: int, *, split_case: bool) -> Rule:
    """At least `least` of digits / letters / other; `split_case` counts upper and lower case apart."""

    def holds(clear: str, _: Circumstances) -> bool:
        found = {_class_of(character, split_case) for character in clear}
        return len(found) >= least

    kinds = N_("capitals, small letters, digits, symbols") if split_case else N_("letters, digits, symbols")
    return Rule(
        "classes",
        N_("At least %(least)d kinds of characters among: %(kinds)s"),
        N_("Mix at least %(least)d kinds of characters."),
        holds,
        (("least", least), ("kinds", kinds)),
    )


def _class_of(character: str, split_case: bool) -> str:
    if character.isdigit():
        return "digit"
    if character.isalpha():
        return "lower" if split_case and character.islower() else "letter"
    return "other"


NOT_PALINDROME = Rule(
    "palindrome",
    N_("Does not read the same backwards (rotor, kayak)"),
    N_("Change one character so that it no longer reads the same backwards."),
    lambda clear, _: clear != clear[::-1] or not clear,
)
NOT_USED = Rule(
    "history",
    N_("Never used before on this service"),
    N_("Choose a password this service never had."),
    lambda clear, circumstances: not circumstances.used_before(Secret(clear)),
)
NOT_CURRENT = Rule(
    "current",
    N_("Different from the current password"),
    N_("Choose a password which is not the current one."),
    lambda clear, circumstances: not circumstances.used_before(Secret(clear)),
)
"""For somebody who changes their own password; in no preset, as without a current one it means nothing."""
NOT_PERSONAL = Rule(
    "personal",
    N_("No name, birth date, e-mail address, phone number or customer ID"),
    N_("Remove what others can know about you or your line."),
    lambda clear, circumstances: not _mentions(clear, circumstances.personal),
)
NOT_COMMON = Rule(
    "common",
    N_("Not a common or leaked password"),
    N_("Choose something that is on no list of common passwords."),
    lambda clear, circumstances: not _is_common(clear, circumstances.common),
)

_CONTEXT = (NOT_USED, NOT_PERSONAL, NOT_COMMON)
PRESETS: dict[str, tuple[Rule, ...]] = {
    # The rules people know from the operators' pages, plus what SIP-4 adds.
    "legacy": (length(8, 20), LEGACY_CHARSET, classes(2, split_case=False), NOT_PALINDROME, *_CONTEXT),
    # ANSSI, « Recommandations relatives à l'authentification multifacteur et aux mots de passe » (2021).
    "anssi": (length(12, 64), PRINTABLE_ASCII, classes(4, split_case=True), NOT_PALINDROME, *_CONTEXT),
    # NIST SP 800-63B-4 §3.1.1.2: 15 characters when alone, no composition rule, a blocklist.
    "nist": (length(15, 64), PRINTABLE_ASCII, *_CONTEXT),
    # A person's own password: NIST's spirit, any script, 12 because a second factor stands beside it.
    "portal": (length(12, 128), NO_CONTROL, NOT_PERSONAL, NOT_COMMON),
    # The same three for a person: without a history, which only services keep.
    "portal_anssi": (length(12, 128), NO_CONTROL, classes(4, split_case=True), NOT_PERSONAL, NOT_COMMON),
    "portal_nist": (length(15, 128), NO_CONTROL, NOT_PERSONAL, NOT_COMMON),
    "portal_legacy": (
        length(8, 20),
        LEGACY_CHARSET,
        classes(2, split_case=False),
        NOT_PALINDROME,
        NOT_PERSONAL,
        NOT_COMMON,
    ),
}


def _folded(text: str) -> str:
    """Lower case without accents, letters and digits only: `Éva-Lou` and `evalou` are one word."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(filter(str.isalnum, plain))


def _mentions(clear: str, personal: tuple[str, ...]) -> bool:
    """Four characters is the shortest mention that is not chance; shorter facts count when whole."""
    haystack = _folded(clear)
    for fact in personal:
        needle = _folded(fact)
        if needle and (haystack == needle or (len(needle) >= 4 and needle in haystack)):
            return True
    return False


_LEET = str.maketrans("013457@$!", "oieastasi")


def _is_common(clear: str, common: Container[str]) -> bool:
    """On the list as typed, without the digits and signs people add around, or with letters for digits."""
    lower = clear.casefold()
    core = lower.strip("0123456789!?.*-_+#@$ ")
    return any(
        form and form in common for form in (lower, core, lower.translate(_LEET), core.translate(_LEET))
    )
