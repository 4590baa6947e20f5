"""Nothing handed in can become a header, whatever it holds."""

from email import message_from_bytes, policy

from hypothesis import example, given
from hypothesis import strategies as st

from linekey.delivery.envelope import compose, sender_address
from linekey.delivery.letters import Written
from linekey.domain.trouble import Rejected

FROM = sender_address("Linekey <linekey@linekey.test>")
EFFECT = "<6f1d.42@linekey.test>"
HEADERS = {
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
}
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
BREAKS = st.sampled_from(["\r\n", "\n", "\r", "\v", "\f", "\x85", "\u2028", "\r\n\r\n", "\x00", " ", ","])


@given(st.lists(TEXT | BREAKS | st.just("Bcc: eve@example.test")).map("".join))
@example("Hello\r\nBcc: eve@example.test")
@example("Hello\r\n\r\n<script>")
def test_no_subject_becomes_a_header(subject: str) -> None:
    mail = compose(FROM, Written(subject, "text", "<p>html</p>"), "ada@example.test", EFFECT)
    read = message_from_bytes(mail.as_bytes(), policy=policy.default)
    assert set(read.keys()) == HEADERS
    assert len(read.keys()) == len(HEADERS)
    assert read["To"] == "ada@example.test"


@given(st.lists(st.text("aé€ü-[]", min_size=1, max_size=9), min_size=1, max_size=30))
@example(["Le", "mot", "de", "passe", "SIP", "de", "la", "ligne", "+33972101010", "a", "été", "modifié"])
def test_an_accented_subject_arrives_with_every_space(words: list[str]) -> None:
    subject = " ".join(words)
    mail = compose(FROM, Written(subject, "text", "<p>html</p>"), "ada@example.test", EFFECT)
    read = message_from_bytes(mail.as_bytes(), policy=policy.default)
    assert str(read["Subject"]) == subject


@given(
    st.lists(
        TEXT | BREAKS | st.sampled_from(["Bcc:", "@", "ada", "example.test", '"', "<", ">", "(", "="])
    ).map("".join)
)
@example("ada@example.test\r\nBcc: eve@example.test")
@example('"ada eve"@example.test')
@example("ada@localhost")
def test_an_address_is_one_mailbox_or_refused(address: str) -> None:
    try:
        mail = compose(FROM, Written("Hello", "text", "<p>html</p>"), address, EFFECT)
    except Rejected as refused:
        assert "\n" not in str(refused)
        return
    read = message_from_bytes(mail.as_bytes(), policy=policy.default)
    assert set(read.keys()) == HEADERS
    assert len(read.keys()) == len(HEADERS)
    assert len(read["To"].addresses) == 1


@given(TEXT, TEXT)
def test_text_and_html_arrive_as_they_were_written(text: str, html: str) -> None:
    mail = compose(FROM, Written("Hello", text, html), "ada@example.test", EFFECT)
    read = message_from_bytes(mail.as_bytes(), policy=policy.default)
    parts = [part.get_content() for part in read.iter_parts()]
    assert ["".join(part.split()) for part in parts] == ["".join(text.split()), "".join(html.split())]
