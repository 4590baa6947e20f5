"""Values on their way into a file: one line, nothing invisible, escaped as the format wants."""

from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

from linekey.domain.inert import inert

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
POLL_HOURS = 24
"""How often a handset looks for something new when nobody asks it to."""


def plain(value: str) -> str:
    """For `key = value`: a value ends with its line, so it has one; blanks around it would be cut anyway."""
    return inert(value).strip()


def element(name: str, value: str, attributes: str = "") -> str:
    return f"<{name}{attributes}>{escape(inert(value))}</{name}>"


def attribute(value: str) -> str:
    """With its quotation marks."""
    return quoteattr(inert(value))


def elements(values: Mapping[str, str], indent: str, attributes: str = "") -> str:
    return "".join(f"{indent}{element(name, value, attributes)}\n" for name, value in values.items())
