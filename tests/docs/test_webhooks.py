"""docs/howto/receive-webhooks.md: its snippet verifies what we sign, and it names every event."""

from collections.abc import Callable, Iterator
from typing import Any
from typing import cast as typed

import pytest
from django.utils import timezone

from linekey.domain.webhooks import EVENTS, TEST
from linekey.usecases import send_webhook
from tests.build import Cast, actor
from tests.docs.pages import blocks, rows, text_of
from tests.hands import Hands, work
from tests.receiver import Receiver, hook, receiving, wired_for_real

PAGE = "docs/howto/receive-webhooks.md"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def test_every_event_is_told_in_the_words_of_the_page() -> None:
    told = {cells[0].strip("`"): cells[1] for cells in rows(text_of(PAGE))}
    told.pop(TEST)
    assert told == {event.name: event.told for event in EVENTS}


def test_the_snippet_believes_us_and_nobody_else(cast: Cast, hands: Hands, receiver: Receiver) -> None:
    made = hook(cast.bruno, receiver.url)
    now = timezone.now()
    send_webhook.test(actor=actor(cast.bruno, now), reference=made.reference, operation="t", now=now)
    work(wired_for_real(hands))
    (taken,) = receiver.taken
    headers = {
        "webhook-id": taken.id,
        "webhook-timestamp": str(taken.timestamp),
        "webhook-signature": " ".join(taken.signatures),
    }
    verify, secret = snippet(), made.secret.reveal()
    assert verify(secret, headers, taken.body)
    assert not verify(secret, headers, taken.body + b" ")
    assert not verify("whsec_" + "A" * 43 + "=", headers, taken.body)
    assert not verify(secret, headers | {"webhook-timestamp": str(taken.timestamp - 301)}, taken.body)
    assert not verify(secret, headers | {"webhook-id": "evt_other"}, taken.body)


def snippet() -> Callable[[str, dict[str, str], bytes], bool]:
    (code,) = blocks(text_of(PAGE), "python")
    room: dict[str, Any] = {}
    exec(code, room)  # noqa: S102 - the page is ours
    return typed(Callable[[str, dict[str, str], bytes], bool], room["is_from_linekey"])


def test_the_snippet_in_php_says_the_same() -> None:
    (code,) = blocks(text_of(PAGE), "php")
    for word in (
        "hash_equals",
        "hash_hmac('sha256'",
        "> 300",
        "'whsec_'",
        "'v1,'",
        "webhook-id",
        "explode(' '",
    ):
        assert word in code
