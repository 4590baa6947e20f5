"""The pages about webhooks: add, see the secret once, follow each event, and what is done about one."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from linekey.delivery.webhook import Answered
from linekey.domain.webhooks import EVENTS
from linekey.records.models import WebhookDelivery, WebhookEndpoint
from linekey.usecases import rotate_credential
from tests.build import Cast, actor
from tests.hands import Hands, work
from tests.receiver import hook
from tests.web.conftest import HOSTILE, forms_of, seated

URL = "https://erp.lumen.example/in"
FORM = {"name": "ERP", "url": URL, "operation": "0123456789abcdef", "types": []}


def page_of(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, address
    return str(answer.content.decode())


def reset(cast: Cast, operation: str = "one") -> None:
    now = timezone.now()
    rotate_credential.reset(
        actor=actor(cast.bruno, now), reference=cast.line.reference, operation=operation, now=now
    )


def test_a_webhook_is_added_and_its_secret_shown_once(cast: Cast) -> None:
    browser = seated(cast.bruno)
    form = page_of(browser, "/webhooks/nouveau")
    assert all(event.name in form for event in EVENTS)
    answer = browser.post("/webhooks/nouveau", FORM | {"types": ["credential.changed"]})
    text = answer.content.decode()
    assert answer["Cache-Control"] == "no-store" and re.search(r"whsec_[A-Za-z0-9+/]{43}=", text)
    endpoint = WebhookEndpoint.objects.get()
    assert (endpoint.url, endpoint.types, endpoint.path) == (URL, ["credential.changed"], cast.lumen.path)
    again = browser.post("/webhooks/nouveau", FORM)
    assert again["Location"] == "/webhooks"
    assert "cannot be shown again" in page_of(browser, "/webhooks")
    assert "whsec_" not in page_of(browser, f"/webhooks/{endpoint.reference}")
    assert WebhookEndpoint.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "typed"),
    [("url", "http://erp.example/"), ("url", "ftp://x"), ("name", " "), ("types", ["credential.stolen"])],
)
def test_what_is_wrong_is_told_beside_its_field(cast: Cast, field: str, typed: object) -> None:
    answer = seated(cast.bruno).post("/webhooks/nouveau", FORM | {field: typed})
    assert answer.status_code == 422 and 'class="wrongs"' in answer.content.decode()
    assert not WebhookEndpoint.objects.exists()


def test_clear_text_is_taken_where_the_operator_opened_a_network(cast: Cast, settings: Settings) -> None:
    settings.LINEKEY_WEBHOOK_NETWORKS = ("10.0.0.0/8",)
    seated(cast.bruno).post("/webhooks/nouveau", FORM | {"url": "http://10.0.0.7/in"})
    assert WebhookEndpoint.objects.get().url == "http://10.0.0.7/in"


def test_adding_one_wants_a_recent_proof(cast: Cast) -> None:
    browser = seated(cast.bruno, ago=timedelta(hours=1))
    for answer in (browser.get("/webhooks/nouveau"), browser.post("/webhooks/nouveau", FORM)):
        assert answer["Location"].startswith("/confirmer")
    assert not WebhookEndpoint.objects.exists()


def test_each_event_is_seen_with_what_was_answered_and_can_be_sent_again(cast: Cast, hands: Hands) -> None:
    browser, made = seated(cast.bruno), hook(cast.bruno, URL)
    page = f"/webhooks/{made.reference}"
    assert "Nothing was sent yet" in page_of(browser, page)
    reset(cast)
    hands.webhooks.answers[URL] = Answered(500, "<script>no</script>")
    work(hands)
    told = page_of(browser, page)
    assert "credential.reset" in told and "answered 500" in told and "takes nothing" in told
    delivery = WebhookDelivery.objects.get()
    one = page_of(browser, f"{page}/{delivery.reference}")
    assert delivery.event in one and "&lt;script&gt;no" in one and cast.line.reference in one
    hands.webhooks.answers.clear()
    assert browser.post(f"{page}/{delivery.reference}/renvoi", FORM).status_code == 303
    work(hands)
    assert "delivered" in page_of(browser, f"{page}/{delivery.reference}")
    assert hands.webhooks.posts[0].headers["webhook-id"] == hands.webhooks.posts[1].headers["webhook-id"]


def test_a_test_shows_at_once_whether_the_system_takes_events(cast: Cast, hands: Hands) -> None:
    browser, made = seated(cast.bruno), hook(cast.bruno, URL)
    where = browser.post(f"/webhooks/{made.reference}/essai", FORM)["Location"]
    hands.webhooks.rejecting = True
    work(hands)
    assert "private network" in page_of(browser, where)


def test_it_is_renewed_disabled_enabled_and_removed_after_being_asked(cast: Cast) -> None:
    browser, made = seated(cast.bruno), hook(cast.bruno, URL)
    page = f"/webhooks/{made.reference}"
    for what in ("secret", "desactiver", "activer", "retirer"):
        assert "ERP – erp.lumen.example" in page_of(browser, f"{page}/{what}")
    shown = browser.post(f"{page}/secret", FORM).content.decode()
    assert "whsec_" in shown and made.secret.reveal() not in shown
    assert browser.post(f"{page}/secret", FORM)["Location"] == "/webhooks"
    assert "signs as well until" in page_of(browser, page)
    browser.post(f"{page}/desactiver")
    assert "disabled" in page_of(browser, page)
    refused = browser.post(f"{page}/essai", FORM)
    assert refused.status_code == 409 and "nothing is sent to it" in refused.content.decode()
    browser.post(f"{page}/activer")
    assert WebhookEndpoint.objects.get().enabled
    assert browser.post(f"{page}/retirer")["Location"] == "/webhooks"
    assert not WebhookEndpoint.objects.exists()


@pytest.mark.parametrize("why", ["failing", "gone"])
def test_the_page_says_why_it_is_disabled_and_what_to_do(cast: Cast, why: str) -> None:
    made = hook(cast.bruno, URL)
    WebhookEndpoint.objects.update(enabled=False, disabled_why=why, disabled_at=timezone.now())
    told = page_of(seated(cast.bruno), f"/webhooks/{made.reference}")
    assert "This webhook was disabled" in told and "nable it" in told


def test_nobody_sees_a_webhook_above_or_beside_their_branch(cast: Cast) -> None:
    theirs, above = hook(cast.bruno, URL), hook(cast.chen, URL)
    reset(cast)
    delivery = WebhookDelivery.objects.get(endpoint__reference=above.reference)
    cast.eve.role = "primary_admin"
    cast.eve.save()
    for person, reference in ((cast.bruno, above.reference), (cast.eve, theirs.reference)):
        browser = seated(person)
        assert reference not in page_of(browser, "/webhooks")
        for what in ("", "/secret", "/desactiver", "/activer", "/retirer", f"/{delivery.reference}"):
            assert browser.get(f"/webhooks/{reference}{what}").status_code == 404, what
        for what in ("/essai", f"/{delivery.reference}/renvoi", "/secret", "/retirer"):
            assert browser.post(f"/webhooks/{reference}{what}", FORM).status_code == 404, what
    assert theirs.reference in page_of(seated(cast.chen), "/webhooks")
    mixed = f"/webhooks/{theirs.reference}/{delivery.reference}"
    assert seated(cast.bruno).get(mixed).status_code == 404, "an event of another webhook"


def test_a_long_list_is_read_page_by_page(cast: Cast) -> None:
    made, browser = hook(cast.bruno, URL), seated(cast.bruno)
    for number in range(55):
        WebhookDelivery.objects.create(
            reference=f"{number:032d}",
            endpoint=WebhookEndpoint.objects.get(),
            event=f"evt_{number}",
            type="credential.reset",
            body="{}",
            made_at=timezone.now(),
        )
    first = page_of(browser, f"/webhooks/{made.reference}")
    older = re.search(r'href="(\?apres=\d+)"', first)
    assert older is not None and f"{54:032d}" in first and f"{4:032d}" not in first
    second = page_of(browser, f"/webhooks/{made.reference}{older[1]}")
    assert f"{4:032d}" in second and f"{5:032d}" not in second


def test_hostile_forms_make_no_webhook_and_no_trouble(cast: Cast) -> None:
    browser = seated(cast.bruno)
    for what, typed in HOSTILE.items():
        form = forms_of(("name", "url", "types", "operation"), typed)
        answer = browser.post("/webhooks/nouveau", form)
        assert answer.status_code in (303, 400, 422), what
    assert not WebhookEndpoint.objects.exists()
