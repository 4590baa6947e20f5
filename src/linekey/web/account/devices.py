"""A browser in words, from what it says of itself (RFC 9110 10.1.5). It may lie: a hint, and no proof."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

LONGEST = 60

# Browsers built on others name those too: the particular ones come first.
_BROWSERS = (
    ("Edge", re.compile(r"\bEdgA?(?:iOS)?/")),
    ("Opera", re.compile(r"\bOPR/|\bOPT/")),
    ("Samsung Internet", re.compile(r"\bSamsungBrowser/")),
    ("Firefox", re.compile(r"\bFirefox/|\bFxiOS/")),
    ("Chrome", re.compile(r"Chrome/|\bCriOS/|\bChromium/")),
    ("Safari", re.compile(r"\bVersion/[\d.]+ .*Safari/")),
)
_SYSTEMS = (
    ("iPhone", re.compile(r"\biPhone\b")),
    ("iPad", re.compile(r"\biPad\b")),
    ("Android", re.compile(r"\bAndroid\b")),
    ("Windows", re.compile(r"\bWindows\b")),
    ("macOS", re.compile(r"\bMac OS X\b|\bMacintosh\b")),
    ("ChromeOS", re.compile(r"\bCrOS\b")),
    ("Linux", re.compile(r"\bLinux\b|\bX11\b")),
)
_IN_THE_HAND = frozenset({"iPhone", "iPad", "Android"})


@dataclass(frozen=True)
class Told:
    name: str
    """« Firefox sur Linux »; the browser's own words, cut short, when nothing is recognised."""
    icon: str


def in_words(told: str) -> Told:
    browser, system = _first(_BROWSERS, told), _first(_SYSTEMS, told)
    icon = "device" if system in _IN_THE_HAND else "globe"
    if browser and system:
        return Told(_("%(browser)s on %(system)s") % {"browser": browser, "system": system}, icon)
    raw = told if len(told) <= LONGEST else f"{told[: LONGEST - 1]}…"
    return Told(browser or system or raw or _("A device that does not say its name"), icon)


def _first(known: tuple[tuple[str, re.Pattern[str]], ...], told: str) -> str:
    return next((name for name, pattern in known if pattern.search(told)), "")
