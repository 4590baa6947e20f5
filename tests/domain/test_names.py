"""Names stand in mails to strangers: they are names, and nothing else."""

import pytest

from linekey.domain import names
from linekey.domain.errors import Malformed


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("  Éva-Lou   d’Arc ", "Éva-Lou d’Arc"),
        ("E\u0301va", "Éva"),
        ("Martin Luther K. Jr.", "Martin Luther K. Jr."),
        ("Ａｄａ\u00a0Lemoine", "Ada Lemoine"),
        ("Нина", "Нина"),
        ("Accueil 2", "Accueil 2"),
        ("x" * 80, "x" * 80),
    ],
)
def test_a_name_is_kept_as_its_owner_writes_it(typed: str, read: str) -> None:
    assert names.read(typed, field="first_name") == read


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "x" * 81,
        "Ada\nLemoine",
        "Ada\0",
        "Ada\u202e",
        "<b>Ada</b>",
        "Ada & Eve",
        "visit evil.example",
        "http://evil",
        "ada@example",
        "-",
        "0612345678",
        "\ud800",
    ],
)
def test_markup_addresses_and_control_marks_are_no_name(typed: str) -> None:
    with pytest.raises(Malformed) as refusal:
        names.read(typed, field="last_name")
    assert refusal.value.values["field"] == "last_name"
