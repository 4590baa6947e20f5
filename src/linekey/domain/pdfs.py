"""Is this a plain PDF: whole, not encrypted, with nothing in it that runs, opens or carries a file?

ISO 32000-2: 7.2 (names), 7.5 (file structure), 7.5.7 (object streams), 12.6 (actions). Never draws anything.
"""

import re
import zlib
from collections.abc import Iterator

from linekey.domain.errors import N_, FileRefused

MOST_INFLATED = 32 * 1024 * 1024
"""Of all object streams together: a page of a scan has a few kilobytes of them."""
MOST_STREAMS = 20_000

_BROKEN = N_("it is damaged or cut off")
_HIDDEN = N_("another file is hidden in it")
_LOCKED = N_("it is protected by a password")
_ACTIVE = N_("it holds a program, an action or an attached file")
_UNREAD = N_("it is packed in a way we cannot look into")

_LONG = rb"JavaScript|Launch|EmbeddedFiles?|RichMedia\w*|SubmitForm|ImportData"
_SHORT = rb"JS|AA|XFA|GoToE|Rendition|Movie|Sound|3D"
_END_OF_NAME = rb"(?=[\s\0()<>\[\]{}/%]|$)"
# An array behind it is only the page to show first: office programs write it into every file.
_OPENS = rb"/OpenAction(?!\s*\[)" + _END_OF_NAME
_RUNS = re.compile(rb"/(?:" + _LONG + rb"|" + _SHORT + rb")" + _END_OF_NAME + rb"|" + _OPENS)
# In packed data any three letters stand by chance; these do not.
_RUNS_ANYWHERE = re.compile(rb"/(?:" + _LONG + rb")" + _END_OF_NAME + rb"|" + _OPENS)
_LOCK = re.compile(rb"/Encrypt" + _END_OF_NAME)
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_PACKED = re.compile(rb"/ObjStm" + _END_OF_NAME)
_DEFLATED = re.compile(rb"/Filter\s*(?:/FlateDecode" + _END_OF_NAME + rb"|\[\s*/FlateDecode\s*\])")
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_END = b"%%EOF"
_BLANKS = b" \t\r\n\f\0"


def require_plain(content: bytes) -> None:
    """Raises FileRefused."""
    if not content.rstrip(_BLANKS).endswith(_END):
        raise FileRefused(why=_HIDDEN if _END in content else _BROKEN)
    if b"startxref" not in content[-2048:]:
        raise FileRefused(why=_BROKEN)
    # Also what only pretends to stand in a stream: a reader finds objects by their place in the file.
    if _RUNS_ANYWHERE.search(content):
        raise FileRefused(why=_ACTIVE)
    room = MOST_INFLATED
    for written, stream in _parts(content):
        plain = _plain(written)
        _require_quiet(plain)
        if _PACKED.search(plain):
            objects = _inflated(plain, stream, room)
            room -= len(objects)
            _require_quiet(_plain(objects))


def _parts(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """What stands between streams, each with the stream behind it; the last has none."""
    at = found = 0
    while (stream := _STREAM.search(content, at)) is not None:
        found += 1
        if found > MOST_STREAMS:
            raise FileRefused(why=_UNREAD)
        end = content.find(b"endstream", stream.end())
        if end < 0:
            raise FileRefused(why=_BROKEN)
        yield content[at : stream.start()], content[stream.end() : end]
        at = end + len(b"endstream")
    yield content[at:], b""


def _require_quiet(plain: bytes) -> None:
    if _LOCK.search(plain):
        raise FileRefused(why=_LOCKED)
    if _RUNS.search(plain):
        raise FileRefused(why=_ACTIVE)


def _inflated(written: bytes, stream: bytes, room: int) -> bytes:
    """The objects packed in a stream, by the words before it."""
    if b"/Filter" not in written:
        return stream
    if not _DEFLATED.search(written) or b"/DecodeParms" in written:
        raise FileRefused(why=_UNREAD)
    inflate = zlib.decompressobj()
    try:
        objects = inflate.decompress(stream, room + 1)
    except zlib.error:
        raise FileRefused(why=_BROKEN) from None
    if len(objects) > room:
        raise FileRefused(why=_UNREAD)
    return objects


def _plain(text: bytes) -> bytes:
    """`/Java#53cript` is read as `/JavaScript` by every reader."""
    return _ESCAPE.sub(lambda code: bytes([int(code[1], 16)]), text)
