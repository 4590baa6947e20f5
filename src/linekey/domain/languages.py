"""Languages a person can be written to in."""

from linekey.domain.errors import Malformed

SPOKEN = ("fr", "en")


def require_spoken(language: str) -> None:
    """Raises Malformed."""
    if language not in SPOKEN:
        raise Malformed(field="language", why=" / ".join(SPOKEN))
