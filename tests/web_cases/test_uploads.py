"""Files through the door: judged by their content, named to their owner, never too many, never on a disk."""

import os
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from django.test import Client, RequestFactory
from pytest_django import Settings

from linekey.domain.files import LARGEST
from linekey.records.models import Case, CaseDocument
from linekey.web.uploads import LARGEST_BODY
from tests import cases
from tests.build import Cast
from tests.web_cases.conftest import FORM, TYPED, file, text_of

PDF = b"%PDF-1.4\n%%EOF\n"


def _zip() -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", bytes(1_000_000))
    return made.getvalue()


HOSTILE = {
    "an empty file": ("vide.pdf", b"", "it is empty"),
    "a drawing that runs": ("logo.svg", b"<svg onload='alert(1)'/>", "no PDF, JPEG or PNG"),
    "a page": ("page.html", b"<!doctype html><script>alert(1)</script>", "no PDF, JPEG or PNG"),
    "a page that says it is a PDF": ("carte.pdf", b"<html>%PDF-1.4", "no PDF, JPEG or PNG"),
    "an archive": ("carte.zip", _zip(), "no PDF, JPEG or PNG"),
    "an archive named like a picture": ("carte.png", _zip(), "no PDF, JPEG or PNG"),
    "a picture with an archive behind": ("carte.png", cases.png() + _zip(), ""),
    "a picture named like a PDF": ("carte.pdf", cases.png(), "not of the same type"),
    "a program": ("carte.exe", b"MZ" + bytes(100), "no PDF, JPEG or PNG"),
    "an office document": ("carte.doc", b"\xd0\xcf\x11\xe0" + bytes(100), "no PDF, JPEG or PNG"),
    "a picture cut short": ("carte.png", cases.png()[:20], "This file cannot be taken"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_by_name_and_in_words(cast: Cast, stranger: Client, what: str) -> None:
    name, content, why = HOSTILE[what]
    answer = stranger.post(FORM, {**TYPED, "documents": [file(), file(name, content)]})
    if not why:  # It may also be taken as a picture alone, without what hides behind it.
        assert not any(b"PK" in bytes(kept.sealed) for kept in CaseDocument.objects.all())
        return
    page = text_of(answer.content)
    assert answer.status_code == 422 and not Case.objects.exists()
    assert f"{name} – " in page and why in page
    assert page.count("This file cannot be taken") == 1
    assert "Ada Lemoine" in answer.content.decode()


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd.png", "..\\..\\carte.png", "/etc/carte.png", "c:\\carte.png", "a\0b.png", "é" * 300],
)
def test_a_name_that_is_a_path_leads_nowhere(cast: Cast, stranger: Client, name: str) -> None:
    answer = stranger.post(FORM, {**TYPED, "documents": [_named(name)]})
    assert answer.status_code in (200, 422)
    for kept in CaseDocument.objects.all():
        assert len(kept.uid) == 32 and kept.media_type == "image/png"


def _named(name: str) -> object:
    """As it comes over the wire: Django's own class would tidy the name."""
    found = BytesIO(cases.png())
    found.name = name
    return found


def test_a_name_is_shown_as_text(cast: Cast, stranger: Client) -> None:
    answer = stranger.post(FORM, {**TYPED, "documents": [file("<img src=x onerror=alert(1)>.pdf", b"x")]})
    assert b"<img" not in answer.content.partition(b"<main")[2]


def test_a_file_of_eleven_megabytes_is_named_and_everything_else_is_kept(
    cast: Cast, stranger: Client
) -> None:
    large = file("scan énorme.pdf", PDF + bytes(LARGEST))
    answer = stranger.post(FORM, {**TYPED, "story": "Perdue.", "documents": [file(), large]})
    page = text_of(answer.content)
    assert answer.status_code == 422
    assert "scan énorme.pdf – This file cannot be taken: it is larger than 10 MB." in page
    assert "Perdue." in page and "Choose the documents again" in page


def test_six_files_are_one_too_many(cast: Cast, stranger: Client) -> None:
    answer = stranger.post(FORM, {**TYPED, "documents": [file(f"{number}.png") for number in range(6)]})
    assert answer.status_code == 422 and not Case.objects.exists()
    assert "Choose at most 5 files: you chose 6." in text_of(answer.content)


def test_more_than_a_form_may_hold_is_refused_before_it_is_read(cast: Cast, stranger: Client) -> None:
    """A page of its own, never a fault of ours."""
    body = _Unread()
    answer = stranger.generic(
        "POST",
        FORM,
        b"x",
        "multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(LARGEST_BODY + 1),
        **{"wsgi.input": body},  # type: ignore[arg-type]
    )
    assert answer.status_code == 413 and not body.read_at_all
    page = text_of(answer.content)
    assert "too large" in page and "at most five, of 10 MB each" in page


@pytest.mark.parametrize("address", ["/connexion", "/mot-de-passe-perdu", "/creer-un-compte", "/langue"])
def test_other_forms_take_no_large_file_at_all(cast: Cast, stranger: Client, address: str) -> None:
    answer = stranger.post(address, {"identifier": "ab12345-lk", "file": file("x.bin", bytes(300_000))})
    assert answer.status_code == 413
    assert stranger.post(address, {"identifier": "x", "file": file()}).status_code < 500


class _Unread:
    read_at_all = False

    def read(self, *_: object) -> bytes:
        self.read_at_all = True
        return b""

    readline = read


def test_nothing_clear_lies_on_a_disk_while_it_is_judged(
    cast: Cast, stranger: Client, tmp_path: Path, settings: Settings
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "there is no such place")
    answer = stranger.post(
        FORM, {**TYPED, "documents": [file("a.pdf", PDF + os.urandom(LARGEST - 100)), file()]}
    )
    assert answer.status_code in (200, 422)


def test_a_view_outside_the_address_book_takes_no_files(rf: RequestFactory) -> None:
    request = rf.post("/", {"file": file("x.bin", bytes(300_000))})
    with pytest.raises(Exception, match="too large"):
        _ = request.POST
