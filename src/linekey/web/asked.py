"""What a page is asked by its address: texts no database is afraid of, or a clear refusal."""

from django.http import HttpRequest

from linekey.domain.errors import Malformed
from linekey.web.wording import N_

LONGEST = 120
LARGEST = 2**63 - 1


def text(request: HttpRequest, name: str) -> str:
    """A text of the query string, blanks around it removed. Raises Malformed."""
    found = request.GET.get(name, "").strip()
    if len(found) > LONGEST:
        raise Malformed(field=name, why=N_("it is too long"))
    if not found.isprintable():
        raise Malformed(field=name, why=N_("it holds characters that cannot be typed"))
    return found


def whole(request: HttpRequest, name: str) -> int | None:
    """A whole number of the query string, or None when it is not there. Raises Malformed."""
    found = text(request, name)
    if not found:
        return None
    if not (found.isascii() and found.isdigit()) or int(found) > LARGEST:
        raise Malformed(field=name, why=N_("it must be a whole number"))
    return int(found)
