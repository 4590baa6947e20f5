"""Files as people send them, and as attackers do: whole, cut off, lying about themselves, two in one."""

import io
import struct
import zipfile
import zlib

from tests.cases import chunk, png

EOI = b"\xff\xd9"


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def jpeg(
    width: int = 8, height: int = 8, *extra: bytes, scans: int = 1, data: bytes = b"\x12\xff\x00\x34"
) -> bytes:
    """A whole photo; nobody decodes its data."""
    frame = segment(0xC0, b"\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00")
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + data + b"\xff\xd0\x56"
    jfif = segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0")
    return b"\xff\xd8" + jfif + b"".join(extra) + frame + scan * scans + EOI


def pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    """A whole document of one page, with more `objects`."""
    written = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
    page = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"]
    for number, body in enumerate([*page, *objects], 1):
        written += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R /Size 3 " + trailer + b" >>\n"
    return written + table + b"startxref\n%d\n%%%%EOF\n" % len(written)


def stream(body: bytes, words: bytes = b"") -> bytes:
    return b"<< /Length %d " % len(body) + words + b" >>\nstream\n" + body + b"\nendstream"


def packed(objects: bytes, words: bytes = b"/Filter /FlateDecode") -> bytes:
    return stream(zlib.compress(objects), b"/Type /ObjStm /N 1 /First 4 " + words)


def archive(content: bytes = b"x", name: str = "x.html") -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr(name, content)
    return held.getvalue()


HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
GIF = b"GIF89a" + bytes.fromhex("0100010080000000000000ffffff2c00000000010001000002024401003b")
TEST_VIRUS = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$LINEKEY-STANDARD-TEST-FILE!$H+H*"
BOMB = zlib.compress(bytes(40_000_000), 9)


def png_of(
    width: int, height: int, data: bytes, colour: int = 2, bits: int = 8, interlaced: int = 0
) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, interlaced)
    chunks = [(b"IHDR", header), (b"IDAT", data), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(name, body) for name, body in chunks)


GOOD: dict[str, tuple[str, bytes]] = {
    "a scan": ("scan.pdf", pdf()),
    "a PDF that ends with blanks": ("scan.PDF", pdf() + b"\r\n\0\n"),
    "a PDF which opens on its first page": ("scan.pdf", pdf(trailer=b"/OpenAction [1 0 R /Fit]")),
    "a PDF with packed objects": ("scan.pdf", pdf(packed(b"4 0 << /Type /Font >>"))),
    "a PDF with plain packed objects": ("s.pdf", pdf(stream(b"4 0 <</Type/Font>>", b"/Type /ObjStm"))),
    "a PDF with a picture": ("scan.pdf", pdf(stream(b"\x00/JS(\xff/AA<<", b"/Filter /DCTDecode"))),
    "a photo": ("IMG 0042.JPG", jpeg()),
    "a progressive photo": ("é.jpeg", jpeg(scans=10)),
    "a photo with a preview behind it": ("x.jpg", jpeg() + jpeg(4, 4)),
    "a photo with what some phones leave behind it": ("x.jpg", jpeg() + b"some phone's notesSEFT"),
    "a photo with words in it": ("x.jpg", jpeg(8, 8, segment(0xFE, b"hello"), segment(0xE1, b"Exif"))),
    "a photo with more than one mark": ("x.jpg", jpeg().replace(EOI, b"\xff\xff\xff\xd9")),
    "a screenshot": ("Capture d’écran.png", png()),
    "a grey picture of 16 bits": ("x.png", png_of(2, 1, zlib.compress(bytes(5)), colour=0, bits=16)),
    "an interlaced picture": ("x.png", png_of(1, 1, zlib.compress(bytes(4)), interlaced=1)),
}

HOSTILE: dict[str, tuple[str, bytes]] = {
    "nothing": ("x.pdf", b""),
    "11 MB": ("x.pdf", b"%PDF-" + bytes(11 * 1024 * 1024)),
    "a web page": ("x.html", HTML),
    "a web page called PDF": ("x.pdf", HTML),
    "a drawing that runs": ("x.svg", SVG),
    "a drawing called PNG": ("x.png", SVG),
    "a GIF called JPEG": ("x.jpg", GIF),
    "an archive": ("x.zip", archive()),
    "an archive called PDF": ("x.pdf", archive()),
    "an archive that inflates to 40 MB": ("x.pdf", archive(bytes(40_000_000))),
    "a test virus": ("x.pdf", TEST_VIRUS),
    "a program": ("x.exe", b"MZ\x90\x00"),
    "blanks before a PDF": ("x.pdf", b"\n" + pdf()),
    # Wrong names.
    "a PNG called PDF": ("x.pdf", png()),
    "a PDF called JPEG": ("x.jpg", pdf()),
    "a PDF called a program": ("x.pdf.exe", pdf()),
    "a PDF without an ending": ("x", pdf()),
    "a path": ("../../etc/passwd.pdf", pdf()),
    "a path of Windows": ("C:\\x.pdf", pdf()),
    "a name with a NUL": ("x.pdf\0.png", pdf()),
    "a name with a line break": ("x\r\nSet-Cookie: a=b.pdf", pdf()),
    "a name written backwards": ("x\u202efdp.pdf", pdf()),
    "no name": ("", pdf()),
    "a name without end": ("x" * 300 + ".pdf", pdf()),
    # Two files in one.
    "an archive behind a PDF": ("x.pdf", pdf() + archive()),
    "an archive behind a PDF which ends like one": ("x.pdf", pdf() + archive()[:-2] + b"\x06\0%%EOF\n"),
    "a web page behind a PDF": ("x.pdf", pdf() + HTML),
    "a web page behind a PNG": ("x.png", png() + HTML),
    "a web page behind a photo": ("x.jpg", jpeg() + HTML),
    "an archive behind a photo": ("x.jpg", jpeg() + archive()),
    "a broken preview behind a photo": ("x.jpg", jpeg() + b"\xff\xd8\xff"),
    "more data behind the data of a PNG": ("x.png", png_of(1, 1, zlib.compress(bytes(4)) + HTML)),
    # Programs in documents.
    "a PDF with a program": ("x.pdf", pdf(b"<< /S /JavaScript /JS (app.alert(1)) >>")),
    "a PDF with a program in disguise": ("x.pdf", pdf(b"<< /S /Java#53cript /J#53 (app.alert(1)) >>")),
    "a PDF with a packed program": ("x.pdf", pdf(packed(b"4 0 << /S /JavaScript /JS (x) >>"))),
    "a PDF with a packed program in disguise": ("x.pdf", pdf(packed(b"4 0 << /S /JavaScr#69pt >>"))),
    "a PDF with a program behind a false stream": (
        "x.pdf",
        pdf(b"<< /Length 1 >>\nstream\nx\n4 0 obj << /S /JavaScript >> endobj\nendstream"),
    ),
    "a PDF that acts when it is opened": ("x.pdf", pdf(trailer=b"/OpenAction 3 0 R")),
    "a PDF that acts by itself": ("x.pdf", pdf(trailer=b"/AA << /O 3 0 R >>")),
    "a PDF that starts a program": ("x.pdf", pdf(b"<< /S /Launch /F (cmd.exe) >>")),
    "a PDF that carries a file": ("x.pdf", pdf(b"<< /Type /EmbeddedFile >>")),
    "a PDF with a form that runs": ("x.pdf", pdf(b"<< /XFA 4 0 R >>")),
    "a PDF with a film": ("x.pdf", pdf(b"<< /Subtype /RichMediaExecute >>")),
    "a PDF with a password": ("x.pdf", pdf(trailer=b"/Encrypt 4 0 R")),
    # What cannot be looked into.
    "a PDF packed twice": ("x.pdf", pdf(packed(b"x", b"/Filter [/ASCIIHexDecode /FlateDecode]"))),
    "a PDF packed with a predictor": ("x.pdf", pdf(packed(b"x", b"/Filter /FlateDecode /DecodeParms 4 0 R"))),
    "a PDF that inflates to 40 MB": ("x.pdf", pdf(stream(BOMB, b"/Type /ObjStm /Filter /FlateDecode"))),
    "a PDF packed wrongly": ("x.pdf", pdf(stream(b"no zlib", b"/Type /ObjStm /Filter /FlateDecode"))),
    "a PDF of half a million streams": ("x.pdf", pdf(b"stream\nendstream" * 500_000)),
    "a PNG of half a million parts": ("x.png", png(2, 2, *[(b"tEXt", b"")] * 500_000)),
    "a photo of two million parts": ("x.jpg", jpeg(8, 8, segment(0xFE, b"") * 2_000_000)),
    "a photo with a hundred thousand previews": ("x.jpg", jpeg() + jpeg(1, 1) * 100_000),
    # Cut off, or damaged.
    "a PDF cut off": ("x.pdf", pdf()[:-20]),
    "a PDF without a table": ("x.pdf", b"%PDF-1.7\n%%EOF"),
    "a PDF with a stream without end": ("x.pdf", pdf(b"<< >>\nstream\nx")),
    "a PNG cut off": ("x.png", png()[:-12]),
    "a PNG cut in a part": ("x.png", png()[:30]),
    "a PNG with a wrong sum": ("x.png", png()[:-1] + b"\0"),
    "a PNG of its first bytes": ("x.png", png()[:8]),
    "a PNG without a header": ("x.png", png()[:8] + chunk(b"IEND", b"")),
    "a PNG with two headers": ("x.png", png(2, 2, (b"IHDR", bytes(13)))),
    "a PNG with a part nobody knows": ("x.png", png(2, 2, (b"evIL", HTML))),
    "a PNG of no colour there is": ("x.png", png_of(1, 1, zlib.compress(bytes(4)), colour=5)),
    "a PNG of a depth there is not": ("x.png", png_of(1, 1, zlib.compress(bytes(4)), bits=3)),
    "a PNG of no width": ("x.png", png_of(0, 1, zlib.compress(b""))),
    "a PNG packed wrongly": ("x.png", png_of(1, 1, b"no zlib")),
    "a PNG whose data is cut off": ("x.png", png_of(9, 9, zlib.compress(bytes(252))[:-6])),
    "a PNG of 400 million pixels": ("x.png", png_of(20_000, 20_000, zlib.compress(b""))),
    "a PNG of a side of a kilometre": ("x.png", png_of(1_000_000, 1, zlib.compress(b""))),
    "a PNG that inflates to 40 MB": ("x.png", png_of(2, 2, BOMB)),
    "a photo cut off": ("x.jpg", jpeg()[:-2]),
    "a photo cut in a part": ("x.jpg", jpeg()[:10]),
    "a photo cut in its data": ("x.jpg", jpeg()[:-6]),
    "a photo of its first bytes": ("x.jpg", b"\xff\xd8\xff"),
    "a photo without a picture": ("x.jpg", b"\xff\xd8\xff\xd9"),
    "a photo whose data comes first": ("x.jpg", b"\xff\xd8" + segment(0xDA, b"") + b"x" + EOI),
    "a photo with two frames": ("x.jpg", jpeg(8, 8, segment(0xC0, bytes([8, 0, 8, 0, 8, 1])))),
    "a photo with a short frame": ("x.jpg", jpeg(8, 8, segment(0xC2, b"\x08"))),
    "a photo with a part nobody knows": ("x.jpg", jpeg(8, 8, segment(0xC9, b"x"))),
    "a photo with rubbish between parts": ("x.jpg", jpeg(8, 8, b"rubbish")),
    "a photo of a thousand layers": ("x.jpg", jpeg(scans=1000)),
    "a photo of 4 thousand million pixels": ("x.jpg", jpeg(65_535, 65_535)),
    "a photo of no height": ("x.jpg", jpeg(8, 0)),
}
