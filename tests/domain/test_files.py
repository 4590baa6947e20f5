"""ACC-7: a stranger's file is a PDF, a JPEG or a PNG by its content, and nothing else beside it."""

import time

import pytest

from linekey.domain import files
from linekey.domain.errors import FileRefused
from linekey.domain.files import ACCEPTED, ENDINGS
from tests.cases import chunk, png
from tests.lab.hostile_files import GOOD, HOSTILE, HTML, jpeg


@pytest.mark.parametrize("case", GOOD)
def test_what_people_send_is_taken(case: str) -> None:
    name, content = GOOD[case]
    kept = files.read(name, content)
    assert kept.media_type in ACCEPTED
    assert name.lower().rpartition(".")[2] in ENDINGS[kept.media_type]


@pytest.mark.parametrize("case", HOSTILE)
def test_what_attackers_send_is_refused_in_clear_words_and_at_once(case: str) -> None:
    name, content = HOSTILE[case]
    began = time.perf_counter()
    with pytest.raises(FileRefused) as refused:
        files.read(name, content)
    assert time.perf_counter() - began < 2
    assert refused.value.values["why"]
    assert name not in str(refused.value.values) or not name


def test_what_phones_leave_behind_a_photo_is_not_kept() -> None:
    assert files.read("x.jpg", jpeg() + jpeg(4, 4)).content == jpeg()
    assert files.read("x.jpg", jpeg() + b"notes" + HTML + b"SEFT").content == jpeg()


def test_words_and_places_in_a_picture_are_not_kept() -> None:
    sent = png(2, 2, (b"tEXt", b"Comment\0" + HTML), (b"eXIf", b"48.85 N 2.35 E"))
    kept = files.read("x.png", sent)
    assert kept.content == png()
    assert HTML not in kept.content


def test_a_file_of_just_ten_megabytes_is_taken() -> None:
    filled = png()[:-12]
    filled += chunk(b"bKGD", bytes(files.LARGEST - len(filled) - 24)) + chunk(b"IEND", b"")
    assert len(filled) == files.LARGEST
    assert files.read("x.png", filled).content == filled
    with pytest.raises(FileRefused):
        files.read("x.png", filled + b"\0")
