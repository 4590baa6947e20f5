"""Is this one picture, whole, of a sane size, with nothing behind it?

PNG: W3C Portable Network Graphics, third edition, 5. JPEG: ITU-T T.81, annex B. Never decodes a pixel.
"""

import re
import zlib

from linekey.domain.errors import N_, FileRefused

MOST_PIXELS = 64_000_000
"""A sheet of A4 at 600 dots per inch has 35 million."""
LONGEST_SIDE = 20_000
MOST_SCANS = 200
"""A progressive photo has about ten; a thousand keep a reader busy for minutes."""
MOST_PARTS = 20_000
"""Chunks or segments: a large scan has some thousands."""
MOST_PREVIEWS = 8

_BROKEN = N_("it is damaged or cut off")
_HIDDEN = N_("another file is hidden in it")
_TOO_BIG = N_("the picture has too many pixels")

_PNG_START = 8
_KEPT_CHUNKS = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"pHYs", b"sBIT", b"bKGD"}
)
_LEFT_OUT = frozenset(
    {b"tEXt", b"zTXt", b"iTXt", b"tIME", b"eXIf", b"iCCP", b"hIST", b"sPLT", b"cICP", b"mDCV", b"cLLI"}
)
"""Words, places and profiles: nobody needs them to read a document."""
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Per pixel, by colour type."""
_BITS = frozenset({1, 2, 4, 8, 16})


def png(content: bytes) -> bytes:
    """The picture without what is not the picture. Raises FileRefused."""
    kept = [content[:_PNG_START]]
    data: list[bytes] = []
    at, header = _PNG_START, b""
    while at < len(content) and len(kept) + len(data) < MOST_PARTS:
        size, name = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8]
        end = at + 12 + size
        body = content[at + 8 : end - 4]
        if end > len(content) or zlib.crc32(name + body) != int.from_bytes(content[end - 4 : end]):
            raise FileRefused(why=_BROKEN)
        if (name == b"IHDR") != (at == _PNG_START) or name not in _KEPT_CHUNKS | _LEFT_OUT:
            raise FileRefused(why=_BROKEN)
        kept.append(content[at:end] if name in _KEPT_CHUNKS else b"")
        header = body if name == b"IHDR" else header
        data += [body] if name == b"IDAT" else []
        at = end
        if name == b"IEND":
            if at != len(content):
                raise FileRefused(why=_HIDDEN)
            _require_pixels(header, data)
            return b"".join(kept)
    raise FileRefused(why=_BROKEN)


def _require_pixels(header: bytes, data: list[bytes]) -> None:
    """The data inflates to what the header says, and not to more."""
    if len(header) != 13 or header[9] not in _SAMPLES or header[8] not in _BITS:
        raise FileRefused(why=_BROKEN)
    width, height = int.from_bytes(header[:4]), int.from_bytes(header[4:8])
    _require_sane(width, height)
    bits = header[8] * _SAMPLES[header[9]]
    # One byte for the filter of each row; an interlaced picture is seven smaller ones.
    most = height * ((width * bits + 7) // 8 + 1) + (15 * height if header[12] else 0)
    inflate = zlib.decompressobj()
    inflated = 0
    try:
        for piece in data:
            while piece and inflated <= most:
                inflated += len(inflate.decompress(piece, 1 << 20))
                piece = inflate.unconsumed_tail
    except zlib.error:
        raise FileRefused(why=_BROKEN) from None
    if inflated > most or inflate.unused_data:
        raise FileRefused(why=_HIDDEN)
    if not inflate.eof:
        raise FileRefused(why=_BROKEN)


_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
"""Baseline, extended, progressive: what cameras and scanners write."""
_SEGMENTS = frozenset({0xC4, 0xDB, 0xDD, 0xFE, *range(0xE0, 0xF0)})
_NEXT_MARKER = re.compile(rb"\xff(?=[^\x00\xd0-\xd7])", re.DOTALL)
_TRAILERS = (b"SEFT",)
"""What some phones leave behind their photos ends with this."""


def jpeg(content: bytes) -> bytes:
    """The first picture: phones add a preview or a trailer behind it, which are left out.

    Raises FileRefused, also for anything else behind it.
    """
    end = _picture(content, 0)
    rest = end
    for _ in range(MOST_PREVIEWS):
        if content[rest : rest + 3] == b"\xff\xd8\xff":
            rest = _picture(content, rest)
    if rest < len(content) and not content.endswith(_TRAILERS):
        raise FileRefused(why=_HIDDEN)
    return content[:end]


def _picture(content: bytes, at: int) -> int:
    """Where the picture which begins at `at` ends."""
    at, framed, scans = at + 2, False, 0
    for _ in range(MOST_PARTS):
        marker, at = _marker(content, at)
        if marker == _EOI:
            if not scans:
                raise FileRefused(why=_BROKEN)
            return at
        size = int.from_bytes(content[at : at + 2])
        if size < 2 or at + size > len(content):
            raise FileRefused(why=_BROKEN)
        body = content[at + 2 : at + size]
        at += size
        if marker in _FRAMES:
            if framed or len(body) < 6:
                raise FileRefused(why=_BROKEN)
            framed = True
            _require_sane(int.from_bytes(body[3:5]), int.from_bytes(body[1:3]))
        elif marker == _SOS:
            scans += 1
            if not framed or scans > MOST_SCANS:
                raise FileRefused(why=_BROKEN)
            at = _after_scan(content, at)
        elif marker not in _SEGMENTS:
            break
    raise FileRefused(why=_BROKEN)


def _marker(content: bytes, at: int) -> tuple[int, int]:
    """The marker at `at`, which any number of 0xFF may precede, and where its segment begins."""
    start = at
    while content[at : at + 1] == b"\xff":
        at += 1
    if at == start or at >= len(content):
        raise FileRefused(why=_BROKEN)
    return content[at], at + 1


def _after_scan(content: bytes, at: int) -> int:
    """Behind the coded data: in it, 0xFF is followed by 0 or by a restart marker."""
    found = _NEXT_MARKER.search(content, at)
    if found is None:
        raise FileRefused(why=_BROKEN)
    return found.start()


def _require_sane(width: int, height: int) -> None:
    if not width or not height:
        raise FileRefused(why=_BROKEN)
    if max(width, height) > LONGEST_SIDE or width * height > MOST_PIXELS:
        raise FileRefused(why=_TOO_BIG)
