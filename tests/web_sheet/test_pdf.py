"""The sheet on paper: readable by people and by screen readers, whatever letters a name is written in."""

import re
import subprocess
import zlib
from pathlib import Path

import pytest
from django.test import Client

from linekey.records.models import Person, Service
from linekey.web.sheet import paper
from tests.build import Cast
from tests.lab.elements import need
from tests.web.conftest import seated

LINE = "/fiche/0033972101010.pdf"
NAMES = {
    "Greek": "Ελένη Παπαδοπούλου",
    "Cyrillic": "Чехов Антон",
    "Chinese": "陈伟",
    "Polish": "Łukasz Żółć",
    "accents": "Éloïse Nœuf",
}


def pdf_of(browser: Client, address: str = LINE) -> bytes:
    answer = browser.get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.content


def told_by(tool: str, pdf: bytes, tmp_path: Path, *more: str) -> str:
    """What Poppler reads in it."""
    need(tool)
    file = tmp_path / "sheet.pdf"
    file.write_bytes(pdf)
    done = subprocess.run([tool, str(file), *more], capture_output=True, text=True, check=True)
    return done.stdout


def test_it_is_a_file_named_after_the_service(cast: Cast) -> None:
    answer = seated(cast.ada).get(LINE)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="fiche-0033972101010.pdf"'


def test_a_reference_of_any_letters_makes_a_plain_file_name(cast: Cast) -> None:
    Service.objects.filter(pk=cast.line.pk).update(reference='é"; x=y')
    answer = seated(cast.ada).get("/fiche/%C3%A9%22; x=y.pdf")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="fiche-____x_y.pdf"'


@pytest.mark.real
def test_it_has_a_title_an_author_and_tags(cast: Cast, tmp_path: Path) -> None:
    told = told_by("pdfinfo", pdf_of(seated(cast.ada)), tmp_path)
    assert re.search(r"Title:\s+Service sheet 0033972101010 · Linekey Télécom", told)
    assert re.search(r"Author:\s+Linekey Télécom", told)
    assert re.search(r"Tagged:\s+yes", told) and re.search(r"Pages:\s+1\n", told)
    assert re.search(r"Page size:.*\(A4\)", told)


@pytest.mark.real
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_is_readable_whatever_letters_it_is_written_in(cast: Cast, tmp_path: Path, name: str) -> None:
    Person.objects.filter(pk=cast.ada.pk).update(first_name=name, last_name="")
    pdf = pdf_of(seated(Person.objects.get(pk=cast.ada.pk)))
    assert name in told_by("pdftotext", pdf, tmp_path, "-")
    fonts = told_by("pdffonts", pdf, tmp_path)
    assert {line.split()[-5:-2][0] for line in fonts.splitlines()[2:]} == {"yes"}  # Each is embedded.


@pytest.mark.real
def test_it_says_what_the_page_says_in_the_language_of_the_reader(cast: Cast, tmp_path: Path) -> None:
    told = told_by("pdftotext", pdf_of(seated(cast.ada)), tmp_path, "-layout", "-")
    for text in ("Customer ID", "ab12345-lk", "0033972101010", "sip.linekey.test", "not on this sheet"):
        assert text in told
    # Top right, as on an invoice.
    line = next(line for line in told.splitlines() if "Customer ID" in line)
    assert line.index("Customer ID") > 40 and told.index("Customer ID") < told.index("Settings of the device")


def test_its_language_is_told(cast: Cast) -> None:
    """PDF 32000-1, 14.9.2.2."""
    streams = re.findall(rb"stream\n(.*?)\nendstream", pdf_of(seated(cast.ada)), re.DOTALL)
    catalogue = b"".join(zlib.decompress(stream) for stream in streams if stream[:1] == b"x")
    assert re.search(rb"/Lang ?\(en\)", catalogue)


def test_it_fetches_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """Neither from here nor from anywhere: the style is handed over as it is."""
    html = '<html lang="en"><title>x</title><img src="file:///etc/hostname" alt="x"><p>Hello</p></html>'
    assert paper.drawn(html).startswith(b"%PDF-")
    assert "disallowed protocol" in caplog.text
