"""Addresses and numbers to write to: one spelling each, and nothing that could become a header."""

import pytest

from linekey.delivery.envelope import recipient_address
from linekey.domain import identifiers
from linekey.domain.errors import AddressRefused
from linekey.usecases import draw_customer_id, read_contact
from tests.build import Cast


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("  Ada.Lemoine+desk@Example.ORG \n", "ada.lemoine+desk@example.org"),
        ("ａｄａ@example.org", "ada@example.org"),
        ("ada@Bücher.example", "ada@bücher.example"),
        ("\u200bada@example.org", "ada@example.org"),
    ],
)
def test_an_address_is_read_as_it_will_sign_in(typed: str, read: str) -> None:
    assert read_contact.email(typed) == read == identifiers.read(typed).email
    recipient_address(read)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ada",
        "@example.org",
        "ada@",
        "foo..bar@docomo.ne.jp",
        "föö@münchen.de",
        "foo@bar@ory.sh",
        "foo@ory.sh\r\nBcc: evil@x",
        "foo@ory.sh\r\nbcc",
        "foo@ory.sh\0.evil.example",
        "root@localhost",
        "root@[127.0.0.1]",
        "ada lemoine@example.org",
        "<b>@example.org",
        f"{'x' * 64}@{'y' * 60}.{'y' * 60}.{'y' * 60}.{'y' * 60}.example",
        "ada@example.org" + " " * 254,
        f"ada@{'ü' * 62}.example",
        "\ud800@example.org",
    ],
)
def test_what_mail_cannot_reach_is_refused(typed: str) -> None:
    with pytest.raises(AddressRefused):
        read_contact.email(typed)


def test_a_number_is_read_in_any_spelling_with_its_extension() -> None:
    assert read_contact.phone("06 12 34 56 78") == ("+33612345678", "")
    assert read_contact.phone("01 84 78 01 17 poste 12") == ("+33184780117", "12")
    assert read_contact.phone("+33184780117", "12") == ("+33184780117", "12")


@pytest.mark.parametrize(
    ("typed", "extension"),
    [("", ""), ("12", ""), ("ab12345-lk", ""), ("ada@example.org", ""), ("", "12"), ("0184780117", "1" * 11)],
)
def test_what_is_no_number_is_refused(typed: str, extension: str) -> None:
    with pytest.raises(AddressRefused):
        read_contact.phone(typed, extension)


def test_a_customer_id_which_is_taken_is_drawn_again(cast: Cast) -> None:
    asked: list[str] = []

    def draw(suffix: str) -> str:
        asked.append(suffix)
        return ("ev67890-lk", "qq11111-lk")[len(asked) - 1]

    assert draw_customer_id.free("ab12345-lk", draw=draw) == "qq11111-lk" and asked == ["lk", "lk"]
    assert draw_customer_id.free("zz00001-lk", draw=draw) == "zz00001-lk"
    assert identifiers.is_customer_id(draw_customer_id.drawn("lk"), "lk")
