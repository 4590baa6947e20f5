"""Whom a letter greets, how it tells the time, and what a stranger's words can do to it."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from linekey.delivery.letters import LONGEST_LINE, write
from tests.delivery.reading import FACTS, OPERATOR, Reader, ada


def test_a_person_whose_language_we_do_not_write_reads_french() -> None:
    written = write("password_changed", ada("de"), FACTS, operator=OPERATOR, masked=False)
    assert written == write("password_changed", ada("fr"), FACTS, operator=OPERATOR, masked=False)


def test_a_person_without_a_name_is_greeted_all_the_same() -> None:
    written = write("signed_in", ada("en", name=""), FACTS, operator=OPERATOR, masked=False)
    assert written.text.startswith("Hello,\n")


def test_a_change_by_nobody_in_particular_names_nobody() -> None:
    written = write("sip_line_changed", ada("en"), FACTS | {"by": ""}, operator=OPERATOR, masked=False)
    assert "By:" not in written.text
    assert "By:" not in written.html


def test_the_first_of_a_month_is_written_as_the_french_write_it() -> None:
    facts = {"at": datetime(2026, 5, 1, 7, 0, tzinfo=UTC)}
    assert (
        "1er mai 2026 à 09:00 CEST"
        in write("password_changed", ada("fr"), facts, operator=OPERATOR, masked=False).text
    )
    assert (
        "1 May 2026, 09:00 CEST"
        in write("password_changed", ada("en"), facts, operator=OPERATOR, masked=False).text
    )


def test_a_lost_fact_or_an_unknown_message_is_a_bug() -> None:
    with pytest.raises(LookupError, match="device"):
        write("signed_in", ada("fr"), {"at": FACTS["at"], "address": ""}, operator=OPERATOR, masked=False)
    with pytest.raises(LookupError):
        write("../letters", ada("fr"), FACTS, operator=OPERATOR, masked=False)


def test_a_written_mail_that_is_logged_shows_its_subject_only() -> None:
    written = write("pppoe_access_credentials", ada("en"), FACTS, operator=OPERATOR, masked=False)
    assert repr(written) == "Written('[ab12345-lk] Your PPPoE credentials')"


@given(
    st.text()
    | st.sampled_from(
        ["\r\nBcc: eve@example.test", "\u2028Call\u202e 666", "{{ link }}", "%(at)s", "x" * 999]
    )
)
@example("Firefox\r\n\r\nWHAT YOU HAVE TO DO\r\n\r\nCall 0899 000 000")
@example("<script>alert(1)</script>")
def test_what_a_stranger_chose_adds_no_line_and_no_tag(words: str) -> None:
    plain = write("signed_in", ada("en"), FACTS, operator=OPERATOR, masked=False)
    facts = FACTS | {"device": words, "number": words}
    written = write("signed_in", ada("en", name=f"A{words}"), facts, operator=OPERATOR, masked=False)
    assert len(written.text.splitlines()) == len(plain.text.splitlines())
    assert Reader(written.html).tags == Reader(plain.html).tags
    subject = write("sip_line_changed", ada("en"), facts, operator=OPERATOR, masked=False).subject
    assert len(subject.splitlines()) == 1
    assert len(subject) <= LONGEST_LINE
    (written.text + written.html + subject).encode()
