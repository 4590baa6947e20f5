"""What may be written where a registrar keeps a digest."""

import re
from collections.abc import Sequence

from linekey.network.ports import Rejected, SipEntry

# RFC 7616 section 3.4.2 with MD5. Kamailio 5.6 crashes on NULL and on values over 255 bytes (it
# overruns its stack), so nothing else may ever reach its table.
_MD5_IN_HEX = re.compile(r"[0-9a-f]{32}")


def refuse_what_is_no_digest(element: str, entries: Sequence[SipEntry]) -> None:
    """Raise Rejected (naming the line, never the value) unless its digests are 32 lower-case hex digits."""
    for entry in entries:
        old = (entry.grace.ha1, entry.grace.ha1b) if entry.grace else ()
        for digest in (entry.ha1, entry.ha1b, *old):
            if not _MD5_IN_HEX.fullmatch(digest.reveal()):
                raise Rejected(f"{element}: the digest of {entry.address.aor} is not 32 hex digits")
