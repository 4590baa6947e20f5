"""Which files strangers may send with a case: PDF, JPEG and PNG, known by their content alone.

A net, not a proof: what passes is sealed, never shown inline, and opened by an agent's own reader. Nothing is
drawn or run here; every length is checked against what is there, and inflating stops at a limit.
"""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath

from linekey.domain import images, pdfs
from linekey.domain.errors import N_, FileRefused

LARGEST = 10 * 1024 * 1024
LONGEST_NAME = 255
PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
ACCEPTED = (PDF, JPEG, PNG)
ENDINGS: Mapping[str, tuple[str, ...]] = {PDF: ("pdf",), JPEG: ("jpg", "jpeg", "jpe", "jfif"), PNG: ("png",)}
"""Names end in these; the first is the one we give."""
_SIGNATURES = {b"%PDF-": PDF, b"\xff\xd8\xff": JPEG, b"\x89PNG\r\n\x1a\n": PNG}


@dataclass(frozen=True)
class File:
    """What may be kept of a file that was sent."""

    media_type: str
    content: bytes


def read(name: str, content: bytes) -> File:
    """Raises FileRefused. `name` is looked at and never kept: it is a stranger's, and no path of ours."""
    _require_name(name)
    if not content:
        raise FileRefused(why=N_("it is empty"))
    if len(content) > LARGEST:
        raise FileRefused(why=N_("it is larger than 10 MB"))
    media_type = next((kind for start, kind in _SIGNATURES.items() if content.startswith(start)), None)
    if media_type is None:
        raise FileRefused(why=N_("it is no PDF, JPEG or PNG, whatever its name says"))
    ending = PurePosixPath(name).suffix.lower().removeprefix(".")
    if ending not in ENDINGS[media_type]:
        raise FileRefused(why=N_("its name and its content are not of the same type"))
    if media_type == PDF:
        pdfs.require_plain(content)
        kept = content
    else:
        kept = images.jpeg(content) if media_type == JPEG else images.png(content)
    # An archive is found by its end, whatever stands before it.
    if zipfile.is_zipfile(BytesIO(kept)):
        raise FileRefused(why=N_("another file is hidden in it"))
    return File(media_type, kept)


def _require_name(name: str) -> None:
    if not name or len(name) > LONGEST_NAME or any(c in "/\\:\0" or not c.isprintable() for c in name):
        raise FileRefused(why=N_("its name is no plain file name"))
