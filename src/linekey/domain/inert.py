"""Somebody else's words, made inert before they stand in a table, a file or a terminal.

A browser says what it likes of itself; a line break forges a line of a log, an escape colours a terminal, a
bidirectional mark turns a sentence round, and a spreadsheet computes a cell which begins like a formula.
"""

import unicodedata

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""OWASP, CSV injection."""


def inert(text: str) -> str:
    """One line, nothing invisible: controls and marks that steer become U+FFFD (categories C*, Zl, Zp)."""
    if text.isprintable():
        return text
    return "".join(each if _plain(each) else "\ufffd" for each in text)


def cell(text: str) -> str:
    """For a spreadsheet: as a text, whatever it begins with."""
    return f"'{inert(text)}" if text.lstrip(" ").startswith(_FORMULA) else inert(text)


def _plain(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] != "C" and category not in ("Zl", "Zp")
