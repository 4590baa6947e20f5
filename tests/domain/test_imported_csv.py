"""A file as spreadsheets write it: every row is told by its line, and a broken one spoils no other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linekey.domain import imported_csv
from linekey.domain.errors import Malformed
from linekey.domain.imported import Details, Reason
from linekey.domain.imported_csv import details, read

HEAD = "username;domain;ha1"
HA1 = "0" * 32


def reasons(text: str) -> list[tuple[str, Reason | None]]:
    return [(each.place, each.unfit.reason if each.unfit else None) for each in read(text.encode())]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("sign", [";", ","])
@pytest.mark.parametrize(
    "titles",
    [
        "Username Domain Password Name Organisation",
        "identifiant_SIP Domaine mot-de-passe Nom client",
        "utilisateur_sip realm PASSWORD nom réf.client",
    ],
)
def test_columns_are_named_in_french_or_english_and_written_as_spreadsheets_do(
    encoding: str, sign: str, titles: str
) -> None:
    rows = [titles.split(" "), ["ada", "x.test", " p w ", " Été ", "CLI-1"]]
    content = "\r\n".join(sign.join(row) for row in rows).encode(encoding)
    [found] = read(content)
    assert (found.place, found.name, found.realm, found.typed) == ("line 2", "ada", "x.test", True)
    assert found.columns is not None and found.columns.password.reveal() == " p w "
    assert found.details == Details(name="Été", organisation="CLI-1")


def test_a_login_is_a_login_and_a_line_takes_the_domain_of_the_whole_file() -> None:
    text = "login;username;password;technologie;;\nab1@isp;;pw;vdsl\n;ada;pw;\n"
    access, line = read(text.encode(), domain="x.test")
    assert (access.columns, access.realm, access.details.technology) == (None, "", "vdsl")
    assert [(check.attribute, check.op, check.value.reveal()) for check in access.checks] == [
        ("Cleartext-Password", ":=", "pw")
    ]
    assert line.realm == "x.test" and line.checks == ()


def test_each_row_is_told_by_the_line_it_begins_on() -> None:
    rows = [HEAD, f"ada;x.test;{HA1}", "", ";;;", f'"e\nve";x;{HA1}', 'zoe;x.test;"broken"quote']
    text = "\n".join([*rows, f"bob;x.test;{HA1};;;", "long;x;y;z"])
    assert reasons(text) == [
        ("line 2", None),
        ("line 5", None),
        ("line 7", Reason.UNREADABLE),
        ("line 8", None),
        ("line 9", Reason.UNREADABLE),
    ]


def test_a_row_that_says_a_line_again_names_the_first_one() -> None:
    first, other, again = read(f"{HEAD}\nada;x.test;{HA1}\nada;y.test;{HA1}\nada;x.test;{HA1}".encode())
    assert first.unfit is other.unfit is None
    assert again.unfit is not None and again.unfit.reason is Reason.TWICE
    assert again.unfit.values == {"first": "line 2"}


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("=1+2", Reason.FORMULA),
        ("@SUM(A1)", Reason.FORMULA),
        ("+cmd|' /C calc'!A0", Reason.FORMULA),
        ("-2+3x", Reason.FORMULA),
        ("n" * 501, Reason.TOO_LONG),
        ("+33 (0)1 84 78 01 17", None),
        ("a=b", None),
    ],
)
def test_a_cell_which_a_spreadsheet_would_compute_is_refused(cell: str, why: Reason | None) -> None:
    assert reasons(f"username;nom\nada;{cell}") == [("line 2", why)]


def test_a_password_may_begin_like_a_formula() -> None:
    [found] = read(b"login;password\nab1@isp;=pw")
    assert found.unfit is None and found.checks[0].value.reveal() == "=pw"


def test_a_row_names_one_thing() -> None:
    assert reasons("login;username;name\n;;x\na;b;x") == [
        ("line 2", Reason.NO_NAME),
        ("line 3", Reason.TWO_NAMES),
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nom;prenom\n",
        b"username;password;mot_de_passe\n",
        b"username;pass word\n",
        b"password\nx\n",
        b"username\n\x81",
        b'"username\n',
    ],
)
def test_a_file_that_is_none_is_refused_as_a_whole(content: bytes) -> None:
    with pytest.raises(Malformed):
        read(content)


def test_too_much_is_refused() -> None:
    with pytest.raises(Malformed):
        read(b"u" * (imported_csv.LARGEST + 1))
    with pytest.raises(Malformed):
        read(b"username\n" + b"".join(b"u%d\n" % number for number in range(imported_csv.MOST_ROWS + 1)))


def test_details_say_whose_each_line_is_and_hold_no_secret() -> None:
    told = details(
        b"username;domain;login;client;poste\nada;x.test;;CLI-1;\neve;;;CLI-2;T46U\n;;a@isp;CLI-3;"
    )
    assert {key: said.organisation for key, said in told.items()} == {
        ("ada", "x.test"): "CLI-1",
        ("eve", ""): "CLI-2",
        ("a@isp", ""): "CLI-3",
    }
    for wrong in (
        b"username;password\nada;pw",
        b"login;password\na;pw",
        b"username\nada\nada",
        b"username\n=x",
    ):
        with pytest.raises(Malformed):
            details(wrong)


@given(st.binary(max_size=400))
def test_any_file_is_read_or_refused(content: bytes) -> None:
    for start in (b"", b"username;domain;password;nom\n"):
        try:
            rows = read(start + content)
        except Malformed:
            continue
        assert all(found.place.startswith("line ") for found in rows)
