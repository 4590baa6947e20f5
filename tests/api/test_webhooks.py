"""Webhooks by the API: a program says which system is told, and follows what became of each event."""

import re

from linekey.delivery.webhook import Answered
from linekey.domain.access import Scope
from linekey.records.models import WebhookEndpoint
from tests.api.programs import ONCE, Answer, key_of, send
from tests.build import Cast
from tests.hands import Hands, work
from tests.receiver import hook

URL = "https://erp.lumen.example/in"


def test_a_program_adds_tests_follows_and_removes_a_webhook(cast: Cast, hands: Hands) -> None:
    key = key_of(cast.bruno, scopes=frozenset({Scope.SETTINGS}))

    def ask(method: str, path: str, body: object = None, once: str = ONCE) -> Answer:
        headers = {"Authorization": f"Bearer {key.secret.reveal()}", "Idempotency-Key": once}
        return send(method, f"/api/v1/webhooks{path}", body, headers=headers)

    made = ask("POST", "", {"name": "ERP", "url": URL, "types": ["credential.reset"]})
    assert made.status == 201 and re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", made.value["secret"])
    assert ask("POST", "", {"name": "ERP", "url": URL}).code == "webhook_secret_shown"
    one = f"/{made.value['reference']}"
    (listed,) = ask("GET", "").value["webhooks"]
    assert listed == ask("GET", one).value and "secret" not in listed
    sent = ask("POST", f"{one}/test").value["delivery"]
    hands.webhooks.answers[URL] = Answered(503, "later")
    work(hands)
    (delivery,) = ask("GET", f"{one}/deliveries").value["deliveries"]
    assert (delivery["reference"], delivery["state"], delivery["last_status"]) == (sent, "waiting", 503)
    detail = ask("GET", f"{one}/deliveries/{sent}").value
    assert detail["body"]["type"] == "webhook.test"
    hands.webhooks.answers.clear()
    assert ask("POST", f"{one}/deliveries/{sent}/replay").status == 202
    work(hands)
    assert ask("GET", f"{one}/deliveries/{sent}").value["state"] == "delivered"
    renewed = ask("POST", f"{one}/secret", once="another-name-of-mine")
    assert renewed.status == 201 and renewed.value["secret"] != made.value["secret"]
    assert ask("POST", f"{one}/secret", once="another-name-of-mine").code == "webhook_secret_shown"
    assert ask("DELETE", f"{one}/enabled").value["disabled_why"] == "person"
    assert ask("POST", f"{one}/test").code == "webhook_disabled"
    assert ask("PUT", f"{one}/enabled").value["enabled"] is True
    removed = WebhookEndpoint.objects.get()
    assert removed.reference == made.value["reference"]


def test_a_wrong_address_names_its_field(cast: Cast) -> None:
    key = key_of(cast.bruno, scopes=frozenset({Scope.SETTINGS}))
    headers = {"Authorization": f"Bearer {key.secret.reveal()}", "Idempotency-Key": ONCE}
    for body, field in (
        ({"name": "ERP", "url": "http://erp.example/"}, "url"),
        ({"name": "", "url": URL}, "name"),
        ({"name": "ERP", "url": URL, "types": ["credential.stolen"]}, "types"),
    ):
        answer = send("POST", "/api/v1/webhooks", body, headers=headers)
        assert (answer.status, answer.value["field"]) == (400, field)


def test_not_theirs_and_unknown_are_one_answer(cast: Cast) -> None:
    above = hook(cast.chen, URL)
    key = key_of(cast.bruno, scopes=frozenset({Scope.SETTINGS}))
    headers = {"Authorization": f"Bearer {key.secret.reveal()}", "Idempotency-Key": ONCE}
    for reference in (above.reference, "wh-nobodys"):
        for method, path in (
            ("GET", ""),
            ("DELETE", ""),
            ("PUT", "/enabled"),
            ("DELETE", "/enabled"),
            ("POST", "/secret"),
            ("POST", "/test"),
            ("GET", "/deliveries"),
            ("GET", "/deliveries/x"),
            ("POST", "/deliveries/x/replay"),
        ):
            answer = send(method, f"/api/v1/webhooks/{reference}{path}", headers=headers)
            assert (answer.status, answer.code) == (404, "not_found"), path
