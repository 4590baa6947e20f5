"""One number from the form to the network: support finds a change by it, wherever it is."""

import json
import logging
import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client, RequestFactory

from linekey.config import bugs
from linekey.config.logs import JsonLine, WithoutTokens, WithRequest
from linekey.domain import tracing
from linekey.enact.outside import Outside
from linekey.records.models import AuditEntry, OutboxEffect, WebhookDelivery
from linekey.worker import hand
from linekey.worker.crew import Crew
from tests.api.programs import ONCE, key_of
from tests.build import GOOD_SIP_PASSWORD, Cast
from tests.hands import LEASE, Hands
from tests.receiver import hook
from tests.web.conftest import seated

NUMBER = "trace-0f6b0c9a2d3e4f50"


class Kept(logging.Handler):
    """Every line as it would be written."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.setFormatter(JsonLine())
        self.addFilter(WithoutTokens())
        self.addFilter(WithRequest())

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    def of(self, number: str) -> list[dict[str, str]]:
        return [told for told in map(json.loads, self.lines) if told["request_id"] == number]


@pytest.fixture
def log() -> Iterator[Kept]:
    kept, root = Kept(), logging.getLogger()
    level = root.level
    root.addHandler(kept)
    root.setLevel(logging.INFO)
    yield kept
    root.setLevel(level)
    root.removeHandler(kept)


def carry_out(outside: Outside) -> None:
    crew = Crew(outside, LEASE)
    while claimed := crew.claim(50):
        for each in claimed:
            hand.carry_out([each], outside, LEASE)


def test_a_change_is_found_by_its_number_from_the_form_to_the_network(
    cast: Cast, hands: Hands, log: Kept
) -> None:
    hook(cast.bruno, "https://erp.lumen.example/in")
    headers = {
        "Authorization": f"Bearer {key_of(cast.ada).secret.reveal()}",
        "Idempotency-Key": ONCE,
        "X-Request-Id": NUMBER,
    }
    answer = Client().post(
        f"/api/v1/services/{cast.line.reference}/change",
        {"password": GOOD_SIP_PASSWORD.reveal()},
        "application/json",
        headers=headers,
    )
    assert answer.status_code == 202 and answer["X-Request-Id"] == NUMBER
    assert set(OutboxEffect.objects.filter(service=cast.line).values_list("request", flat=True)) == {NUMBER}
    assert AuditEntry.objects.get(action="credential.change").facts["request"] == NUMBER
    assert WebhookDelivery.objects.get(type="credential.changed").request == NUMBER
    carry_out(hands.outside)
    told = [line["message"] for line in log.of(NUMBER)]
    assert any(line.startswith("POST ") and "answered 202" in line for line in told)
    assert any(re.fullmatch(r"effect \d+ push: done at attempt 1, after [\d.]+ s, plan \w+", m) for m in told)
    assert any("event evt_" in line and line.endswith("200") for line in told)
    whole = "\n".join(log.lines)
    for secret in (GOOD_SIP_PASSWORD.reveal(), cast.ada.email, cast.ada.last_name):
        assert secret not in whole


@pytest.mark.parametrize(
    "typed", ["", "short", "a b c d e f g h", "x" * 65, "line\nbreak-line", "<script>1234"]
)
def test_a_number_in_another_shape_is_passed_over(cast: Cast, typed: str) -> None:
    answer = Client().get("/connexion", headers={"X-Request-Id": typed})
    assert re.fullmatch(r"[0-9a-f]{32}", answer["X-Request-Id"])


def test_support_is_given_the_number_on_every_page_of_trouble(cast: Cast) -> None:
    asked = {"X-Request-Id": NUMBER}
    for browser in (Client(), seated(cast.ada)):
        answer = browser.get("/telephonie/nowhere/at-all", headers=asked)
        assert answer.status_code == 404 and NUMBER in answer.content.decode()
    problem = Client().get("/api/v1/me", headers=asked).json()
    assert problem["instance"] == f"urn:linekey:request:{NUMBER}"


def test_a_bug_tells_its_number_too(cast: Cast) -> None:
    with tracing.carried(NUMBER):
        assert NUMBER in bugs.answer(RequestFactory().get("/")).content.decode()
        assert NUMBER in bugs.answer(RequestFactory().get("/api/v1/me")).content.decode()


def test_numbering_comes_before_everything_else() -> None:
    assert settings.MIDDLEWARE[0] == "linekey.web.numbering.Numbering"
