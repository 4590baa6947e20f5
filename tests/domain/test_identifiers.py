"""What a person types has one reading, however they spell it, and never means somebody else."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linekey.domain.identifiers import LONGEST, Identifier, e164, folded, is_customer_id, read

ADA = Identifier(customer_id="ab12345-lk")
ADAS_MAIL = Identifier(email="ada.lemoine@example.org")
DESK = Identifier(phone="+33184780117")
EXTENSION = Identifier(phone="+33184780117", extension="117")
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
NUMBERS = st.from_regex(r"\+33[1-9][0-9]{8}", fullmatch=True)


@pytest.mark.parametrize(
    "typed",
    [
        "ab12345-lk",
        "AB12345-LK",
        "  ab12345-lk\t\r\n",
        "\u00a0ab12345-lk\u202f\u3000",
        "ab12345-lk".translate(FULL_WIDTH),
        "ａｂ１２３４５－ｌｋ",
        "ab12345-lk".translate(ARABIC),
        "ab12345-lk.",
        "ab12345-lk ...",
        "ab12345\u2011lk",
        "ab12345–lk",
        "\u200bab\u200d12345-lk\ufeff",
        "\u202eab12345-lk\u202c\u200f",
        "ab\u00ad12345-lk",
        "𝐚𝐛𝟏𝟐𝟑𝟒𝟓-𝐥𝐤",
    ],
)
def test_a_customer_id_reads_alike_in_every_spelling(typed: str) -> None:
    assert read(typed) == ADA and read(typed).key == ADA.key


@pytest.mark.parametrize(
    "typed",
    [
        "аb12345-lk",  # Cyrillic а
        "αb12345-lk",  # Greek alpha
        "ab12345-łk",
        "áb12345-lk",
        "ab12345-lk%00",
        "ab12345-lk@sip.linekey.test",
        "ab 12345-lk",
        "ab12345",
        "ab12345-lk'--",
        "ab12345-lk\u0307",
        "ab12345-lk\u3164",
    ],
)
def test_what_only_looks_like_a_customer_id_is_another_one(typed: str) -> None:
    assert read(typed) != ADA and read(typed).key != ADA.key


@pytest.mark.parametrize(
    "typed",
    [
        "ada.lemoine@example.org",
        "Ada.Lemoine@EXAMPLE.org",
        " ada.lemoine@example.org ",
        "ada.lemoine@example.org.",
        "ada.lemoine＠example．org",
        "ada.lemoine\u200b@example.org\u200e",
        "ada.lemoi\x1fne@example.org",
    ],
)
def test_an_e_mail_address_reads_alike_in_every_spelling(typed: str) -> None:
    assert read(typed) == ADAS_MAIL


@pytest.mark.parametrize(
    ("typed", "email"),
    [
        ("ada+lk@example.org", "ada+lk@example.org"),
        ('"ada lemoine"@example.org', '"ada lemoine"@example.org'),
        ("föö@münchen.de", "föö@münchen.de"),
        (unicodedata.normalize("NFD", "Föö@MÜNCHEN.de"), "föö@münchen.de"),
        ("ada@straße.example", "ada@straße.example"),
        ("foo..bar@docomo.ne.jp", "foo..bar@docomo.ne.jp"),
        ("ada@lemoine@example.org", "ada@lemoine@example.org"),
        ("ada.lemoine@example.org\r\nBcc: eve@example.org", "ada.lemoine@example.orgbcc: eve@example.org"),
        ("ada.lemoıne@example.org", "ada.lemoıne@example.org"),
        ("ADA.LEMOİNE@example.org", "ada.lemoi\u0307ne@example.org"),
        ("аda.lemoine@example.org", "аda.lemoine@example.org"),
        ("@", "@"),
    ],
)
def test_what_stands_in_an_address_counts(typed: str, email: str) -> None:
    """Plus, quotes, sharp s, dotless i: each is another mailbox."""
    assert read(typed) == Identifier(email=email) != ADAS_MAIL


@pytest.mark.parametrize(
    "typed",
    [
        "+33184780117",
        "+33 1 84 78 01 17",
        "+33 (0)1 84 78 01 17",
        "(+33) 1 84 78 01 17",
        "+33 01 84 78 01 17",
        "0033184780117",
        "00 33 1 84 78 01 17",
        "0033 (0)1 84 78 01 17",
        "0184780117",
        "01 84 78 01 17",
        "01.84.78.01.17",
        "01-84-78-01-17",
        "01\u201184\u201178\u201101\u201117",
        "01/84/78/01/17",
        "(0)1 84 78 01 17",
        "(01) 84 78 01 17",
        "tel:+33-1-84-78-01-17",
        "TEL:0184780117",
        "01\u202f84\u00a078 01 17",
        "0184780117".translate(FULL_WIDTH),
        "0184780117".translate(ARABIC),
        "\u202a+33184780117\u202c",
    ],
)
def test_a_phone_number_reads_alike_in_every_spelling(typed: str) -> None:
    assert read(typed) == DESK
    assert e164(typed) == DESK.phone


@pytest.mark.parametrize(
    "typed",
    [
        "+33184780117;ext=117",
        "tel:+33-1-84-78-01-17; ext = 117",
        "0184780117x117",
        "01 84 78 01 17 X 117",
        "01 84 78 01 17 poste 117",
        "01 84 78 01 17 Poste١١٧",
        "01 84 78 01 17 ext. 117",
        "01 84 78 01 17 extension 117",
        "0184780117#117",
        "0184780117,117",
    ],
)
def test_an_extension_can_stand_behind_the_number(typed: str) -> None:
    assert read(typed) == EXTENSION


@pytest.mark.parametrize("typed", ["117", " 117 ", "x117", "poste 117", "#117", "１１７", ";ext=117"])
def test_an_extension_can_stand_in_its_own_field(typed: str) -> None:
    assert read("01 84 78 01 17", typed) == EXTENSION
    assert read("01 84 78 01 17 x999", typed) == EXTENSION, "what stands in the field counts"


@pytest.mark.parametrize("typed", ["", "  ", "\u200b"])
def test_an_empty_field_leaves_the_extension_behind_the_number(typed: str) -> None:
    assert read("0184780117x117", typed) == EXTENSION
    assert read("0184780117", typed) == DESK


@pytest.mark.parametrize("typed", ["abc", "117a", "-117", "1;2", "1 17", "12345678901"])
def test_an_extension_that_is_none_never_means_the_number_without_one(typed: str) -> None:
    found = read("0184780117", typed)
    assert found.phone == DESK.phone and found.extension == typed
    assert found.key not in (DESK.key, EXTENSION.key)


def test_an_extension_beside_a_customer_id_or_an_address_says_nothing() -> None:
    assert read("ab12345-lk", "117") == ADA
    assert read("ada.lemoine@example.org", "117") == ADAS_MAIL


@pytest.mark.parametrize(
    "typed",
    ["184780117", "1", "12", "+0184780117", "+33", "0" * 12, "+" + "9" * 16, "....", "+-+-", "192.0.2.1"],
)
def test_digits_that_are_no_number_mean_nobody(typed: str) -> None:
    assert e164(typed) == "" and read(typed).phone == ""


@pytest.mark.parametrize("typed", ["", "mon 0612345678", "+33612345678 <b>", "06+12345678", "0612345678x7"])
def test_a_number_is_a_number_and_nothing_beside_it(typed: str) -> None:
    assert e164(typed) == ""


def test_two_things_that_are_nobody_are_counted_apart() -> None:
    """A person who mistypes once must not read that too many attempts failed: others mistyped."""
    assert read("184780117").key != read("184780118").key


@pytest.mark.parametrize(
    "typed", ["", "   ", "...", "\0", "ab12345-lk\0", "\0ab12345-lk", "a" * 10_000, "\u200e"]
)
def test_what_cannot_be_read_means_nobody(typed: str) -> None:
    assert read(typed) == Identifier()


@pytest.mark.parametrize("extension", ["\0", "117\0", "1" * 10_000])
def test_an_extension_no_row_can_hold_means_nobody(extension: str) -> None:
    assert read("0184780117", extension) == Identifier()


@given(st.text(max_size=LONGEST + 10), st.text(max_size=20))
def test_reading_never_fails_and_what_was_read_reads_as_itself(typed: str, extension: str) -> None:
    once = read(typed, extension)
    again = read(once.customer_id or once.email or once.phone, once.extension)
    assert again == once
    assert folded(folded(typed)) == folded(typed)
    assert bool(once.customer_id) + bool(once.email) + bool(once.phone) <= 1
    once.key.encode()


@given(st.text(alphabet="ab12345-lkx@.+ ;=ext0poste#,()/٣１\u200f\u2011İıßΣς\0\ud800", max_size=30))
def test_reading_never_fails_on_what_is_almost_an_identifier(typed: str) -> None:
    once = read(typed)
    assert read(once.customer_id or once.email or once.phone, once.extension) == once
    assert once.phone == "" or re.fullmatch(r"\+[1-9][0-9]{7,14}", once.phone)
    once.key.encode()


@given(
    st.text(alphabet=st.characters(max_codepoint=127), max_size=40),
    st.sampled_from([" ", "\u200b", "\u2060"]),
)
def test_capitals_and_marks_around_are_the_same_account(typed: str, mark: str) -> None:
    assert read(typed.upper()) == read(typed.lower()) == read(f"{mark}{typed}{mark}") == read(typed)


@given(
    NUMBERS,
    st.sampled_from([" ", ".", "-", "\u00a0", ""]),
    st.sampled_from(["+33", "0033", "0", "+33 (0)", "tel:+33"]),
)
def test_a_number_is_the_same_in_every_way_to_write_it(number: str, blank: str, prefix: str) -> None:
    pairs = re.findall(r"..?", number.removeprefix("+33"))
    assert e164(prefix + blank.join(pairs)) == e164(number) == number


@given(st.text(max_size=60))
def test_a_number_is_one_or_empty(typed: str) -> None:
    number = e164(typed)
    assert number == "" or (re.fullmatch(r"\+[1-9][0-9]{7,14}", number) and e164(number) == number)


@pytest.mark.parametrize(
    ("text", "suffix", "good"),
    [
        ("ab12345-lk", "lk", True),
        ("ab12345-ovh", "ovh", True),
        ("ab12345-lk", "ovh", False),
        ("AB12345-lk", "lk", False),
        ("ab1234-lk", "lk", False),
        ("ab12345-lk\n", "lk", False),
        ("ab12345-lxk", "l.k", False),
        ("", "lk", False),
    ],
)
def test_a_customer_id_has_two_letters_five_digits_and_the_operators_suffix(
    text: str, suffix: str, good: bool
) -> None:
    assert is_customer_id(text, suffix) is good
