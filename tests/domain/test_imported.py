"""Each row of an existing installation is judged by itself; nothing is guessed, nothing else is raised."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linekey.domain.imported import (
    NOTES,
    NOTHING,
    SENTENCES,
    Check,
    Columns,
    Details,
    Found,
    Held,
    Note,
    Outcome,
    Reason,
    Told,
    Trust,
    Unfit,
)
from linekey.domain.imported_rows import (
    details,
    held_by_line,
    held_by_login,
    require_name,
    require_text,
)
from linekey.domain.secret import Secret

UNSAID = Details()
HA1, HA1B = "0123456789abcdef" * 2, "f" * 32


def columns(password: str = "", ha1: str = "", ha1b: str = "") -> Columns:
    return Columns(Secret(password), Secret(ha1), Secret(ha1b))


def line(name: str = "0033972101010", realm: str = "sip.linekey.test", said: Details = UNSAID) -> Found:
    return Found("line 2", name, realm, columns(), details=said)


def login(name: str = "ab12345001@linekey.adsl") -> Found:
    return Found("line 2", name)


def reason(judged: object, *args: object, **words: object) -> Reason:
    with pytest.raises(Unfit) as unfit:
        judged(*args, **words)  # type: ignore[operator]
    assert SENTENCES[unfit.value.reason] % unfit.value.values
    return unfit.value.reason


def test_every_reason_and_note_has_a_sentence() -> None:
    assert set(SENTENCES) == set(Reason) and set(NOTES) == set(Note)
    told = Told("line 2", "x", Outcome.REFUSED, reason=Reason.COMPARED, values={"op": "=="})
    assert told.sentences == ["The operator of the password is ==, by which nobody can log in. Set it to :=."]
    assert Told("line 2", "x", Outcome.NEW, notes=(Note.CLEAR_TEXT,)).sentences == [NOTES[Note.CLEAR_TEXT]]


@pytest.mark.parametrize(
    ("held", "known", "notes"),
    [
        (columns(ha1=HA1, ha1b=HA1B), (None, HA1, HA1B), ()),
        (columns(ha1=HA1), (None, HA1, ""), (Note.NO_DOMAIN_DIGEST,)),
        (columns(ha1=HA1, ha1b="broken"), (None, HA1, ""), (Note.NO_DOMAIN_DIGEST,)),
        (columns(ha1=f" {HA1.upper()}", ha1b=HA1B), (None, HA1, HA1B), (Note.CAPITALS,)),
        (columns("clear", HA1, HA1B), ("clear", HA1, HA1B), (Note.CLEAR_TEXT,)),
    ],
)
def test_a_digest_is_kept_as_it_stands(
    held: Columns, known: tuple[str | None, str, str], notes: tuple[Note, ...]
) -> None:
    found = held_by_line(held, Trust.NEITHER)
    clear = found.clear.reveal() if found.clear else None
    digests = {name: digest.reveal() for name, digest in found.digests.items()}
    assert (clear, digests) == (known[0], {"md5": known[1], "md5_domain": known[2]})
    assert found.notes == notes


def test_which_column_counts_is_the_operators_word() -> None:
    both = columns("clear", HA1, HA1B)
    by_password, by_digest = held_by_line(both, Trust.PASSWORD), held_by_line(both, Trust.HA1)
    assert (by_password.clear, by_password.digests) == (Secret("clear"), {})
    assert by_digest.clear is None and by_digest.digests["md5"] == Secret(HA1)
    assert Note.CLEAR_TEXT in by_digest.notes  # It stands there all the same.
    assert held_by_line(columns("clear"), Trust.NEITHER) == Held(Secret("clear"), notes=(Note.CLEAR_TEXT,))


@pytest.mark.parametrize(
    ("held", "why"),
    [
        (columns(), Reason.NO_PASSWORD),
        (columns(ha1b=HA1B), Reason.NO_PASSWORD),
        (columns(ha1=HA1[:-1]), Reason.NOT_A_DIGEST),
        (columns(ha1=HA1 + "0"), Reason.NOT_A_DIGEST),
        (columns("clear", "g" * 32), Reason.NOT_A_DIGEST),
        (columns(ha1=HA1 * 2), Reason.SHA256),
        (columns("a\0b"), Reason.UNREADABLE),
        (columns("\ud800"), Reason.UNREADABLE),
        (columns("é" * 65), Reason.TOO_LONG),
    ],
)
def test_a_line_without_a_usable_secret_is_refused(held: Columns, why: Reason) -> None:
    assert reason(held_by_line, held, Trust.NEITHER) is why


def checks(*rows: tuple[str, str, str]) -> tuple[Check, ...]:
    return tuple(Check(attribute, op, Secret(value)) for attribute, op, value in rows)


@pytest.mark.parametrize("attribute", ["Cleartext-Password", "user-password"])
def test_a_password_in_clear_is_taken_however_often_it_is_said(attribute: str) -> None:
    held = held_by_login(checks((attribute, ":=", "pw"), (attribute, "+=", "pw")))
    assert held == Held(Secret("pw"), notes=(Note.CLEAR_TEXT,))


def test_what_only_the_element_can_compare_is_known_to_it_alone() -> None:
    for attribute in ("NT-Password", "Crypt-Password", "SSHA2-512-Password"):
        held = held_by_login(checks((attribute, ":=", "00"), (attribute, ":=", "00")))
        assert held == Held(notes=(Note.ELEMENT_ONLY,))
    assert held_by_login(checks(("Linekey-Sealed-Password", ":=", "lk1:…"))).ours


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([], Reason.NO_PASSWORD),
        ([("Cleartext-Password", ":=", "")], Reason.NO_PASSWORD),
        ([("NT-Password", ":=", "")], Reason.NO_PASSWORD),
        ([("Cleartext-Password", "==", "pw")], Reason.COMPARED),
        ([("Cleartext-Password", "=", "pw")], Reason.COMPARED),
        ([("Cleartext-Password", "", "pw")], Reason.COMPARED),
        ([("Cleartext-Password", ":=", "one"), ("Cleartext-Password", ":=", "two")], Reason.TWO_PASSWORDS),
        ([("Cleartext-Password", ":=", "one"), ("NT-Password", ":=", "00")], Reason.TWO_PASSWORDS),
        ([("Crypt-Password", ":=", "one"), ("NT-Password", ":=", "00")], Reason.TWO_PASSWORDS),
        ([("Cleartext-Password", ":=", "p" * 129)], Reason.TOO_LONG),
    ],
)
def test_a_login_whose_password_is_open_to_doubt_is_refused(
    rows: list[tuple[str, str, str]], why: Reason
) -> None:
    assert reason(held_by_login, checks(*rows)) is why


@pytest.mark.parametrize("name", ["", "a:b", "a b", "a" * 65, "ada@x", 'a"b', "a\\b", "é"])
def test_a_user_name_that_no_phone_can_send_is_refused(name: str) -> None:
    assert reason(require_name, line(name)) is Reason.BAD_NAME


@pytest.mark.parametrize("name", ["", "a'b", "a" * 65, " a", "a\tb", "a`b"])
def test_a_login_that_freeradius_cannot_look_up_is_refused(name: str) -> None:
    assert reason(require_name, login(name)) is Reason.BAD_NAME


def test_names_that_log_in_today_are_taken() -> None:
    for found in (line(), line("+33972101010"), line("ada.l-1_x~"), login(), login("a+b%c @x")):
        require_name(found)
        require_text(found)
    assert reason(require_name, line(realm="")) is Reason.NO_DOMAIN
    assert reason(require_name, line(realm="a b")) is Reason.BAD_NAME


def test_what_nobody_said_is_made_of_the_name() -> None:
    made = details(line(), with_realm=False)
    assert (made.reference, made.name, made.number) == ("0033972101010", "0033972101010", "+33972101010")
    assert details(line("ada"), with_realm=True).reference == "ada@sip.linekey.test"
    assert details(line("a/b?c"), with_realm=False).reference == "a-b-c"
    assert details(login(), with_realm=True).technology == "ftth"
    typed = Details(number="01 84 78 01 17", owner=" Ada@Example.ORG", name="L'accueil")
    said = details(line(said=typed), with_realm=False)
    assert (said.number, said.owner, said.name) == ("+33184780117", "ada@example.org", "L'accueil")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"number": "twelve"}, Reason.BAD_NUMBER),
        ({"reference": "a b"}, Reason.BAD_REFERENCE),
        ({"reference": "a/b"}, Reason.BAD_REFERENCE),
        ({"name": "n" * 121}, Reason.TOO_LONG),
        ({"phone": "p" * 61}, Reason.TOO_LONG),
        ({"technology": "carrier pigeon"}, Reason.BAD_TECHNOLOGY),
    ],
)
def test_details_that_cannot_be_kept_are_refused(said: dict[str, str], why: Reason) -> None:
    assert reason(details, line(said=Details(**said)), with_realm=False) is why


@pytest.mark.parametrize("text", ["a\0", "a\nb", "\ud800", "a\u2028"])
def test_what_no_database_takes_is_refused(text: str) -> None:
    for found in (line(text), line("x", text), line(said=Details(owner=text))):
        assert reason(require_text, found) is Reason.UNREADABLE


ANYTHING = st.text(max_size=300) | st.text(string.hexdigits, min_size=30, max_size=34)


@given(st.builds(columns, ANYTHING, ANYTHING, ANYTHING), st.sampled_from(Trust))
def test_any_line_is_judged_and_only_a_digest_is_ever_kept(held: Columns, trust: Trust) -> None:
    try:
        found = held_by_line(held, trust)
    except Unfit:
        return
    assert found.clear in (None, held.password) and (found.clear or found.digests)
    for name, digest in found.digests.items():
        assert re.fullmatch("[0-9a-f]{32}", digest.reveal()) or (name, digest) == ("md5_domain", NOTHING)


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=130), st.booleans())
def test_any_details_are_kept_fit_for_an_address_of_a_page_or_refused(
    name: str, reference: str, label: str, with_realm: bool
) -> None:
    try:
        found = Found("line 2", name, "x.test", columns(), details=Details(reference=reference, name=label))
        made = details(found, with_realm=with_realm)
    except Unfit:
        return
    assert re.fullmatch(r"[A-Za-z0-9._@+\-]{1,60}", made.reference) and len(made.name) <= 120
