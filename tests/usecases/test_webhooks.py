"""Who says which systems are told, what each gets, and what becomes of an event that was not taken."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from linekey.delivery.webhook import Answered
from linekey.domain import webhooks
from linekey.domain.access import Door
from linekey.domain.errors import (
    Malformed,
    NotAllowed,
    NotFound,
    StepUpNeeded,
    TooManyThings,
    WebhookDisabled,
    WebhookSecretShown,
)
from linekey.domain.hearing import ElementEvent, Heard
from linekey.domain.webhooks import DeliveryState, Why
from linekey.enact import versions
from linekey.records import audit, events
from linekey.records.models import (
    AuditEntry,
    CredentialVersion,
    OutboxEffect,
    Person,
    ServiceMail,
    WebhookDelivery,
    WebhookEndpoint,
)
from linekey.usecases import hear_element, manage_webhook, rotate_credential, send_webhook
from tests.build import GOOD_SIP_PASSWORD, Cast, actor
from tests.hands import Hands, work
from tests.receiver import hook

URL = "https://erp.lumen.example/in"
OTHER = "https://other.example/in"


def change(cast: Cast, now: datetime, operation: str = "one") -> None:
    rotate_credential.change(
        actor=actor(cast.ada, now),
        reference=cast.line.reference,
        new=GOOD_SIP_PASSWORD,
        operation=operation,
        now=now,
    )


def reset(cast: Cast, now: datetime, operation: str) -> None:
    rotate_credential.reset(
        actor=actor(cast.bruno, now), reference=cast.line.reference, operation=operation, now=now
    )


def only(person: Person, url: str = URL) -> WebhookEndpoint:
    return WebhookEndpoint.objects.get(made_by=person, url=url)


class TestWhoIsTold:
    def test_a_company_its_reseller_and_the_operator_are_told_and_nobody_beside(
        self, cast: Cast, hands: Hands, now: datetime
    ) -> None:
        for person in (cast.bruno, cast.chen, cast.olivia):
            hook(person, f"https://{person.first_name}.example/in".lower(), now=now)
        cast.eve.role = Person.Role.PRIMARY_ADMIN
        cast.eve.save()
        hook(cast.eve, OTHER, now=now)
        WebhookDelivery.objects.all().delete()
        change(cast, now)
        told = {each.endpoint.url for each in WebhookDelivery.objects.select_related("endpoint")}
        assert told == {f"https://{name}.example/in" for name in ("bruno", "chen", "olivia")}
        assert len(set(WebhookDelivery.objects.values_list("event", flat=True))) == 1

    def test_it_hears_of_what_it_asked_for(self, cast: Cast, now: datetime) -> None:
        hook(cast.bruno, URL, "member.invited", now=now)
        hook(cast.bruno, OTHER, "credential.changed", now=now)
        change(cast, now)
        assert WebhookDelivery.objects.get().endpoint.url == OTHER

    def test_who_acted_is_told_to_those_who_see_them(self, cast: Cast, now: datetime) -> None:
        hook(cast.bruno, URL, now=now)
        hook(cast.olivia, OTHER, now=now)
        rotate_credential.reset(
            actor=actor(cast.olivia, now), reference=cast.line.reference, operation="r", now=now
        )
        by = {
            each.endpoint.url: json.loads(each.body)["data"]["by"]
            for each in WebhookDelivery.objects.filter(type="credential.reset")
        }
        assert by == {URL: None, OTHER: cast.olivia.customer_id}

    def test_what_is_nobodys_is_told_to_the_operator_alone(self, cast: Cast, now: datetime) -> None:
        hook(cast.bruno, URL, now=now)
        hook(cast.olivia, OTHER, now=now)
        audit.write(action="case.opened", now=now, actor=None, case="DOS-7K3F-92QD")
        told = WebhookDelivery.objects.get(type="case.opened")
        assert told.endpoint.url == OTHER
        assert json.loads(told.body)["data"]["organisation"] is None

    def test_an_act_that_fails_leaves_no_event(self, cast: Cast, now: datetime) -> None:
        hook(cast.bruno, URL, now=now)
        with pytest.raises(NotFound):
            rotate_credential.retire(
                actor=actor(cast.bruno, now), reference="0033972202020", operation="r", now=now
            )
        assert not WebhookDelivery.objects.exists()

    def test_thousands_at_once_are_told_one_by_one_and_sent_for_once(self, cast: Cast, now: datetime) -> None:
        hook(cast.bruno, URL, now=now)
        audit.write_bulk(
            action="credential.reset",
            now=now,
            actor=actor(cast.chen, now),
            told=[(cast.line, {"version": "1"}), (cast.phone_line, {"version": "2"})],
        )
        assert WebhookDelivery.objects.count() == 2
        assert OutboxEffect.objects.filter(kind="webhook").count() == 1

    def test_what_no_endpoint_waits_for_costs_nothing(self, cast: Cast, now: datetime) -> None:
        events.announce([], None, now=now)
        change(cast, now)
        assert not WebhookDelivery.objects.exists()
        assert not OutboxEffect.objects.filter(kind="webhook").exists()

    def test_the_element_says_that_the_new_password_is_used_and_the_old_one_refused(
        self, cast: Cast, now: datetime
    ) -> None:
        hook(cast.bruno, URL, "credential.used", "credential.released", now=now)
        reset(cast, now, "one")
        version = CredentialVersion.objects.get(service=cast.line)
        CredentialVersion.objects.update(grace=3600)
        used = ElementEvent(1, now, Heard.USED, "whoever", rotation=version.plan, source="192.0.2.7")
        hear_element.hear(element=cast.line.sip.element, events=[used], after=0, now=now)
        for _ in range(2):
            versions.released(version.pk, now)
        told = [json.loads(each.body) for each in WebhookDelivery.objects.order_by("id")]
        assert [each["type"] for each in told] == ["credential.used", "credential.released"]
        assert all(each["data"]["version"] == 1 and "192.0.2.7" not in str(each) for each in told)


class TestWhoSaysSo:
    @pytest.mark.parametrize("name", ["ada", "dina"])
    def test_subscribers_and_support_do_not(self, cast: Cast, now: datetime, name: str) -> None:
        with pytest.raises(NotAllowed):
            hook(getattr(cast, name), URL, now=now)

    def test_it_wants_a_recent_proof(self, cast: Cast, now: datetime) -> None:
        with pytest.raises(StepUpNeeded):
            manage_webhook.add(
                actor=actor(cast.bruno), name="ERP", url=URL, types=[], operation="o", clear=False, now=now
            )

    def test_a_program_may_where_its_key_says_so(self, cast: Cast, now: datetime) -> None:
        caller = actor(cast.bruno, door=Door.API)
        made = manage_webhook.add(
            actor=caller, name="ERP", url=URL, types=[], operation="o", clear=False, now=now
        )
        assert made.secret.reveal().startswith("whsec_")

    def test_the_same_request_shows_no_second_secret(self, cast: Cast, now: datetime) -> None:
        asked: dict[str, Any] = {"actor": actor(cast.bruno, now), "operation": "o", "now": now}
        manage_webhook.add(name="ERP", url=URL, types=[], clear=False, **asked)
        with pytest.raises(WebhookSecretShown):
            manage_webhook.add(name="ERP", url=URL, types=[], clear=False, **asked)
        reference = only(cast.bruno).reference
        manage_webhook.renew(reference=reference, **asked)
        with pytest.raises(WebhookSecretShown):
            manage_webhook.renew(reference=reference, **asked)
        assert WebhookEndpoint.objects.count() == 1

    def test_an_organisation_has_twenty_at_most(
        self, cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(webhooks, "MOST_ENDPOINTS", 1)
        hook(cast.bruno, URL, now=now)
        with pytest.raises(TooManyThings):
            hook(cast.bruno, OTHER, now=now)

    def test_http_is_refused_where_the_operator_opened_nothing(self, cast: Cast, now: datetime) -> None:
        with pytest.raises(Malformed):
            manage_webhook.add(
                actor=actor(cast.bruno, now),
                name="ERP",
                url="http://erp.example/",
                types=[],
                operation="o",
                clear=False,
                now=now,
            )

    @pytest.mark.parametrize("reference", ["wh-nobodys", "wh-\0", "x" * 41])
    def test_not_theirs_and_unknown_are_one_answer(self, cast: Cast, now: datetime, reference: str) -> None:
        hook(cast.chen, URL, now=now)
        above, bruno = only(cast.chen).reference, actor(cast.bruno, now)
        for one in (above, reference):
            with pytest.raises(NotFound):
                manage_webhook.disable(actor=bruno, reference=one, now=now)
            with pytest.raises(NotFound):
                send_webhook.test(actor=bruno, reference=one, operation="t", now=now)

    def test_the_trail_keeps_the_host_and_no_token_of_the_address(self, cast: Cast, now: datetime) -> None:
        hook(cast.bruno, f"{URL}/s3cr3t-token", now=now)
        entry = AuditEntry.objects.get(action="webhook.add")
        assert entry.facts["host"] == "erp.lumen.example"
        assert "s3cr3t" not in str(entry.facts)


class TestSending:
    def test_a_test_is_sent_and_seen(self, cast: Cast, hands: Hands, now: datetime) -> None:
        hook(cast.bruno, URL, now=now)
        asked: dict[str, Any] = {
            "actor": actor(cast.bruno, now),
            "reference": only(cast.bruno).reference,
            "now": now,
        }
        sent = send_webhook.test(operation="t", **asked)
        assert send_webhook.test(operation="t", **asked) == sent
        work(hands, now)
        assert len(hands.webhooks.posts) == 1
        assert json.loads(hands.webhooks.posts[0].body)["type"] == "webhook.test"
        assert WebhookDelivery.objects.get(reference=sent).state == DeliveryState.DELIVERED

    def test_what_was_not_taken_is_sent_again_by_the_clock_with_the_same_id_and_bytes(
        self, cast: Cast, hands: Hands, now: datetime
    ) -> None:
        hook(cast.bruno, URL, now=now)
        change(cast, now)
        hands.webhooks.answers[URL] = Answered(500, "no")
        work(hands, now)
        delivery = WebhookDelivery.objects.get()
        assert (delivery.state, delivery.attempts, delivery.last_status) == ("waiting", 1, 500)
        assert delivery.next_at is not None and delivery.next_at >= now + timedelta(seconds=5)
        send_webhook.send_due(now=now)
        work(hands, now)
        assert len(hands.webhooks.posts) == 1
        del hands.webhooks.answers[URL]
        later = now + timedelta(seconds=10)
        send_webhook.send_due(now=later)
        send_webhook.send_due(now=later)
        work(hands, later)
        first, second = hands.webhooks.posts
        assert first.headers["webhook-id"] == second.headers["webhook-id"]
        assert first.body == second.body
        assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
        assert WebhookDelivery.objects.get().state == "delivered"
        assert only(cast.bruno).failing_since is None

    def test_after_the_last_attempt_it_is_over_until_somebody_asks(
        self, cast: Cast, hands: Hands, now: datetime
    ) -> None:
        hook(cast.bruno, URL, now=now)
        change(cast, now)
        hands.webhooks.down = True
        WebhookDelivery.objects.update(attempts=len(webhooks.PAUSES))
        work(hands, now)
        delivery = WebhookDelivery.objects.get()
        assert (delivery.state, delivery.next_at) == ("failed", None)
        assert "ConnectionRefusedError" in delivery.last_trouble
        hands.webhooks.down = False
        endpoint = only(cast.bruno)
        asked: dict[str, Any] = {"actor": actor(cast.bruno, now), "reference": endpoint.reference, "now": now}
        send_webhook.replay(delivery=delivery.reference, operation="r", **asked)
        work(hands, now)
        delivery.refresh_from_db()
        assert (delivery.state, delivery.attempts) == ("delivered", 1)
        send_webhook.replay(delivery=delivery.reference, operation="r", **asked)
        work(hands, now)
        assert len(hands.webhooks.posts) == 1, "the same request sends once"
        for unknown in ("nobodys", "\0", "x" * 33):
            with pytest.raises(NotFound):
                send_webhook.replay(delivery=unknown, operation="r", **asked)

    def test_a_receiver_that_fails_in_a_row_is_left_alone_and_keeps_its_events(
        self, cast: Cast, hands: Hands, now: datetime
    ) -> None:
        hook(cast.bruno, URL, now=now)
        for number in range(6):
            reset(cast, now, f"operation-{number}")
        hands.webhooks.answers[URL] = Answered(503, "", retry_after=60)
        work(hands, now)
        assert len(hands.webhooks.posts) == 1, "it asked for a minute"
        waiting = WebhookDelivery.objects.filter(state="waiting")
        assert waiting.count() == 6 and not waiting.filter(next_at=None).exists()

    def test_a_slow_receiver_lets_go_of_the_hand_in_between(
        self, cast: Cast, hands: Hands, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("linekey.enact.webhooks.AT_ONCE", 2)
        hook(cast.bruno, URL, now=now)
        for number in range(5):
            reset(cast, now, f"operation-{number}")
        work(hands, now)
        assert WebhookDelivery.objects.filter(state="delivered").count() == 5

    def test_an_address_inside_is_told_as_such_and_tried_again(
        self, cast: Cast, hands: Hands, now: datetime
    ) -> None:
        hook(cast.bruno, URL, now=now)
        change(cast, now)
        hands.webhooks.rejecting = True
        work(hands, now)
        assert "private network" in WebhookDelivery.objects.get().last_trouble

    def test_both_secrets_sign_for_a_day_after_a_renewal(
        self, cast: Cast, hands: Hands, now: datetime
    ) -> None:
        hook(cast.bruno, URL, now=now)
        reference = only(cast.bruno).reference
        manage_webhook.renew(actor=actor(cast.bruno, now), reference=reference, operation="r", now=now)
        change(cast, now)
        work(hands, now)
        reset(cast, now, "later")
        work(hands, now + timedelta(hours=25))
        signatures = [post.headers["webhook-signature"].split(" ") for post in hands.webhooks.posts]
        assert [len(each) for each in signatures] == [2, 1]

    def test_nothing_is_sent_from_where_there_is_no_wire(
        self, cast: Cast, hands: Hands, now: datetime
    ) -> None:
        hook(cast.bruno, URL, now=now)
        change(cast, now)
        work(replace(hands.outside, webhooks=None), now)
        assert OutboxEffect.objects.get(kind="webhook").state == "dead"


class TestGivingUp:
    def test_after_five_days_without_success_it_is_disabled_and_its_maker_told(
        self, cast: Cast, hands: Hands, now: datetime
    ) -> None:
        hook(cast.bruno, URL, now=now)
        change(cast, now)
        hands.webhooks.down = True
        work(hands, now)
        send_webhook.give_up_due(now=now + timedelta(days=4))
        assert only(cast.bruno).enabled
        send_webhook.give_up_due(now=now + timedelta(days=6))
        endpoint = only(cast.bruno)
        assert (endpoint.enabled, endpoint.disabled_why) == (False, Why.FAILING)
        assert WebhookDelivery.objects.get().state == "failed"
        work(hands, now + timedelta(days=6))
        assert ServiceMail.objects.filter(person=cast.bruno, message="webhook_disabled").count() == 1
        assert AuditEntry.objects.filter(action="webhook.given_up", actor=None).count() == 1

    def test_whoever_says_it_is_gone_is_believed(self, cast: Cast, hands: Hands, now: datetime) -> None:
        hook(cast.bruno, URL, now=now)
        change(cast, now)
        hands.webhooks.answers[URL] = Answered(410, "gone")
        work(hands, now)
        cast.bruno.is_active = False
        cast.bruno.save()
        send_webhook.give_up_due(now=now)
        assert only(cast.bruno).disabled_why == Why.GONE
        assert not OutboxEffect.objects.filter(kind="notify", message="webhook_disabled").exists()

    def test_somebody_disables_enables_and_removes_it(self, cast: Cast, hands: Hands, now: datetime) -> None:
        hook(cast.bruno, URL, now=now)
        change(cast, now)
        reference = only(cast.bruno).reference
        asked: dict[str, Any] = {"actor": actor(cast.bruno, now), "reference": reference, "now": now}
        manage_webhook.disable(**asked)
        manage_webhook.disable(**asked)
        work(hands, now)
        assert hands.webhooks.posts == []
        delivery = WebhookDelivery.objects.get()
        assert delivery.state == "failed"
        with pytest.raises(WebhookDisabled):
            send_webhook.test(operation="t", **asked)
        with pytest.raises(WebhookDisabled):
            send_webhook.replay(delivery=delivery.reference, operation="r", **asked)
        manage_webhook.enable(**asked)
        manage_webhook.enable(**asked)
        send_webhook.replay(delivery=delivery.reference, operation="r", **asked)
        manage_webhook.remove(**asked)
        work(hands, now)
        assert hands.webhooks.posts == []
        assert not WebhookDelivery.objects.exists()
        acts = AuditEntry.objects.filter(action__startswith="webhook.").order_by("id")
        assert [entry.action for entry in acts] == [
            "webhook.add",
            "webhook.disable",
            "webhook.enable",
            "webhook.replay",
            "webhook.remove",
        ]

    def test_what_was_put_for_a_webhook_since_disabled_is_not_sent(
        self, cast: Cast, hands: Hands, now: datetime
    ) -> None:
        hook(cast.bruno, URL, now=now)
        change(cast, now)
        WebhookEndpoint.objects.update(enabled=False)
        work(hands, now)
        assert hands.webhooks.posts == []
        assert WebhookDelivery.objects.get().last_trouble == "the webhook was disabled"

    def test_another_worker_may_have_given_it_up_first(self, cast: Cast, now: datetime) -> None:
        hook(cast.bruno, URL, now=now)
        WebhookEndpoint.objects.update(failing_since=now - timedelta(days=6))
        send_webhook.give_up_due(now=now)
        send_webhook.give_up_due(now=now)
        assert AuditEntry.objects.filter(action="webhook.given_up").count() == 1

    def test_events_are_kept_for_thirty_days(self, cast: Cast, now: datetime) -> None:
        hook(cast.bruno, URL, now=now)
        change(cast, now)
        send_webhook.sweep(now=now + timedelta(days=29))
        assert WebhookDelivery.objects.exists()
        send_webhook.sweep(now=now + timedelta(days=31))
        assert not WebhookDelivery.objects.exists()
