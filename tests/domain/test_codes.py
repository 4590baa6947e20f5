"""Codes as people type them, and sheets of recovery codes as they are drawn."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linekey.domain import codes
from linekey.domain.secret import Secret

AS_PEOPLE_TYPE_IT = {
    "as it is": "000123",
    "with a blank": "000 123",
    "with a dash": "000-123",
    "with a no-break space": "000\u00a0123",
    "with a narrow no-break space": "000\u202f123",
    "with an en dash": "000–123",
    "with a minus sign": "000−123",
    "with blanks around": "  000123\t\r\n",
    "every digit apart": "0 0 0 1 2 3",
    "full-width": "０００１２３",
    "Arabic-Indic": "٠٠٠١٢٣",
    "Eastern Arabic": "۰۰۰۱۲۳",
    "Devanagari": "०००१२३",
    "scripts mixed": "0०０١23",
    "with marks for writing from the right": "\u200f000123\u200e",
    "with a zero-width space": "000\u200b123",
}
NO_CODES = [
    "",
    " ",
    "12345",
    "1234567",
    "1e5",
    "1e5000",
    "12345a",
    "½½½½½½",
    "²²²²²²",
    "一二三四五六",
    "①②③④⑤⑥",
    "+12345",
    "-1234",
    "12.345",
    "0x1234",
    "\0" * 6,
    "\ud800" * 6,
    "1" * 100_000,
    " " * 60 + "000123",
]


@pytest.mark.parametrize("how", AS_PEOPLE_TYPE_IT)
def test_a_code_reads_the_same_however_it_is_typed(how: str) -> None:
    assert codes.digits(Secret(AS_PEOPLE_TYPE_IT[how])) == "000123"


@pytest.mark.parametrize("typed", NO_CODES)
def test_what_is_no_code_of_six_digits_reads_as_nothing(typed: str) -> None:
    assert codes.digits(Secret(typed)) == ""


@given(st.text())
def test_whatever_is_typed_is_six_digits_or_nothing(typed: str) -> None:
    read = codes.digits(Secret(typed))
    assert read == "" or (len(read) == 6 and set(read) <= set("0123456789"))
    sheet_code = codes.recovery(Secret(typed)).reveal()
    assert sheet_code == "" or (len(sheet_code) == 16 and set(sheet_code) <= set(codes.ALPHABET))


@given(st.text(alphabet="0123456789", min_size=6, max_size=6), st.sampled_from("٠०０𝟎"))
def test_every_script_writes_every_code(code: str, zero: str) -> None:
    spelled = "".join(chr(ord(zero) + int(digit)) for digit in code)
    assert unicodedata.category(spelled[0]) == "Nd"
    assert codes.digits(Secret(spelled)) == code


@pytest.mark.parametrize(
    "typed",
    [
        "K7PD-W2QX-9MHT-4BRA",
        "k7pd-w2qx-9mht-4bra",
        "K7PDW2QX9MHT4BRA",
        " k7pd w2qx\u00a09mht—4bra\n",
        "Ｋ７ＰＤ－Ｗ２ＱＸ－９ＭＨＴ－４ＢＲＡ",
        "K٧PD-W٢QX-٩MHT-٤BRA",
    ],
)
def test_a_recovery_code_reads_the_same_however_it_is_typed(typed: str) -> None:
    assert codes.recovery(Secret(typed)) == Secret("K7PDW2QX9MHT4BRA")


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " - ",
        "K7PD-W2QX-9MHT",
        "K7PD-W2QX-9MHT-4BRA2",
        "K7PD-W2QX-9MHT-4BR0",
        "K7PD-W2QX-9MHT-4BRI",
        "K7PD_W2QX_9MHT_4BRA",
        "Ж7PD-W2QX-9MHT-4BRA",
        "\0" * 16,
        "A" * 1_000_000,
    ],
)
def test_what_is_no_recovery_code_reads_as_nothing(typed: str) -> None:
    assert codes.recovery(Secret(typed)) == Secret("")


def test_a_sheet_holds_codes_that_are_told_apart_by_their_first_group() -> None:
    for _ in range(50):
        sheet = codes.sheet(10)
        assert len(sheet) == len({codes.label(code) for code in sheet}) == 10
        assert all(codes.recovery(code) == code for code in sheet)


def test_two_codes_with_one_label_never_share_a_sheet() -> None:
    """All the labels there are, nearly: drawing goes on until they differ."""
    sheet = codes.sheet(2000)
    assert len({codes.label(code) for code in sheet}) == 2000


def test_no_two_codes_of_a_thousand_sheets_are_alike() -> None:
    drawn = [code for _ in range(1000) for code in codes.sheet(10)]
    assert len(set(drawn)) == 10_000
    assert set("".join(code.reveal() for code in drawn)) == set(codes.ALPHABET)


def test_a_code_is_shown_in_four_groups_and_typed_back_as_it_is_shown() -> None:
    shown = codes.grouped(Secret("K7PDW2QX9MHT4BRA"))
    assert shown == Secret("K7PD-W2QX-9MHT-4BRA")
    assert codes.recovery(shown) == Secret("K7PDW2QX9MHT4BRA")


def test_nothing_in_a_code_is_mistaken_for_something_else() -> None:
    assert not set("01OILU") & set(codes.ALPHABET) and len(set(codes.ALPHABET)) == 30
