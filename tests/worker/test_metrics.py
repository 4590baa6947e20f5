"""Figures for the operator's monitoring: of the database, the same from every worker, cheap at any size."""

import socket
import threading
from datetime import datetime, timedelta
from urllib.request import urlopen

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from linekey.domain.metrics import COUNTED_AFTER
from linekey.records import audit, metrics
from linekey.records.models import MetricCursor, MetricTotal, OutboxEffect
from linekey.usecases import chain_audit, rotate_credential
from linekey.worker import metrics as served
from linekey.worker import schedule
from linekey.worker.rounds import Rounds
from tests.build import Cast, actor
from tests.hands import Hands, work
from tests.receiver import hook

MINUTE = timedelta(minutes=1)


def figures() -> dict[tuple[str, ...], float]:
    """By name and the values of its labels, in the order of their names."""
    registry = CollectorRegistry()
    registry.register(served.Figures())
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(generate_latest(registry).decode())
        for sample in family.samples
    }


def begin(now: datetime) -> None:
    """Counting begins when somebody first asks for it."""
    metrics.count(now=now)


def reset(cast: Cast, now: datetime, operation: str = "one") -> None:
    rotate_credential.reset(
        actor=actor(cast.bruno, now), reference=cast.line.reference, operation=operation, now=now
    )


def test_changes_lag_sign_ins_and_events_are_counted_once(cast: Cast, hands: Hands, now: datetime) -> None:
    begin(now)
    hook(cast.bruno, "https://erp.lumen.example/in", "credential.reset", now=now)
    reset(cast, now)
    work(hands, now)
    for action in ("session.open", "session.refused", "session.refused", "person.locked"):
        audit.write(action=action, now=now, actor=None, person=cast.ada)
    # The worker settles by the clock on the wall, which is not that of the story.
    OutboxEffect.objects.exclude(settled_at=None).update(settled_at=now + timedelta(milliseconds=200))
    before = figures()
    assert ("linekey_changes_total", "sip_line", "immediate", "reset") not in before
    for _ in range(3):
        metrics.count(now=now + MINUTE)
    found = figures()
    assert found["linekey_changes_total", "sip_line", "immediate", "reset"] == 1
    assert found["linekey_effects_total", "push", "done"] == 1
    assert found["linekey_effect_lag_seconds_bucket", "push", "0.1"] == 0
    assert found["linekey_effect_lag_seconds_bucket", "push", "0.25"] == 1
    assert found["linekey_effect_lag_seconds_count", "push"] == 1
    assert found["linekey_effect_lag_seconds_sum", "push"] == pytest.approx(0.2)
    assert found["linekey_sign_ins_total", "opened"] == 1
    assert found["linekey_sign_ins_total", "refused"] == 2
    assert found["linekey_sign_ins_total", "locked"] == 1
    assert found["linekey_webhook_attempts_total", "delivered"] == 1
    assert found["linekey_webhook_endpoints", "active"] == 1


def test_a_grace_and_a_link_are_modes_of_their_own(cast: Cast, now: datetime) -> None:
    begin(now)
    bruno = actor(cast.bruno, now)
    audit.write(
        action="credential.reset", now=now, actor=bruno, service=cast.line, version="2", grace_hours="24"
    )
    audit.write(
        action="credential.send", now=now, actor=bruno, service=cast.line, version="", grace_hours="0"
    )
    metrics.count(now=now + MINUTE)
    found = figures()
    assert found["linekey_changes_total", "sip_line", "grace", "reset"] == 1
    assert found["linekey_changes_total", "sip_line", "link", "send"] == 1


def test_what_is_due_what_is_stopped_and_how_elements_stand(cast: Cast, hands: Hands, now: datetime) -> None:
    schedule.look_at_elements(hands.outside, now)
    reset(cast, now)
    OutboxEffect.objects.filter(kind="drop").update(state="dead")
    found = figures()
    assert found["linekey_outbox_effects", "network"] >= 1
    assert found["linekey_outbox_oldest_seconds", "network"] > 0
    assert found["linekey_outbox_effects", "programs"] == 0
    assert found["linekey_outbox_oldest_seconds", "programs"] == 0
    assert found["linekey_outbox_stopped_effects", "dead"] == 1
    assert found["linekey_element_up", "kamailio-1", "registrar"] == 1
    assert ("linekey_element_looked_seconds", "mail", "mail") in found


def test_an_entry_that_waits_for_its_seal_is_told_by_its_age(cast: Cast, now: datetime) -> None:
    audit.write(action="session.open", now=now, actor=None, person=cast.ada)
    told = {seal: figures()["linekey_audit_unsealed_seconds", seal] for seal in ("chain", "anchor")}
    assert told["chain"] > 0 == told["anchor"]
    chain_audit.chain_audit(now=now)
    assert figures()["linekey_audit_unsealed_seconds", "chain"] == 0


def test_two_workers_count_a_slice_once(cast: Cast, now: datetime) -> None:
    begin(now)
    audit.write(action="session.open", now=now, actor=None, person=cast.ada)
    metrics.count(now=now + MINUTE)
    MetricCursor.objects.update(until=now + MINUTE)
    metrics.count(now=now + MINUTE)
    assert figures()["linekey_sign_ins_total", "opened"] == 1


def test_what_nobody_counted_for_days_is_left_behind(cast: Cast, now: datetime) -> None:
    begin(now)
    audit.write(action="session.open", now=now, actor=None, person=cast.ada)
    metrics.count(now=now + timedelta(days=9))
    assert not MetricTotal.objects.exists()
    assert MetricCursor.objects.get().until == now + timedelta(days=9) - COUNTED_AFTER


def test_a_scrape_costs_the_same_however_much_there_is(cast: Cast, now: datetime) -> None:
    begin(now)
    with CaptureQueriesContext(connection) as few:
        figures()
    for number in range(30):
        reset(cast, now, f"operation-{number}")
        hook_name = f"https://erp-{number}.example/in"
        if number < 10:
            hook(cast.bruno, hook_name, now=now)
    metrics.count(now=now + MINUTE)
    with CaptureQueriesContext(connection) as many:
        figures()
    assert len(many) == len(few) <= 16


def test_no_label_names_a_tenant_a_person_or_a_service(cast: Cast, hands: Hands, now: datetime) -> None:
    begin(now)
    hook(cast.bruno, "https://erp.lumen.example/in", now=now)
    reset(cast, now)
    work(hands, now)
    metrics.count(now=now + MINUTE)
    told = str(figures())
    for name in (cast.ada.customer_id, cast.line.reference, cast.lumen.name, cast.bruno.email, "erp.lumen"):
        assert name not in told


@pytest.mark.django_db(transaction=True)
def test_they_are_served_at_an_address_of_their_own() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    address = ("127.0.0.1", port)
    stop = threading.Event()
    threads = [threading.Thread(target=served.run, args=(address, Rounds(), stop)) for _ in range(2)]
    try:
        for thread in threads:
            thread.start()
        threads[1].join(5)  # One of the two finds the address taken, and lets the other serve.
        text = _asked(port)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert "# TYPE linekey_outbox_effects gauge" in text


def _asked(port: int) -> str:
    waited = threading.Event()
    for _ in range(100):
        try:
            with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
                return str(answer.read().decode())
        except OSError:
            waited.wait(0.05)
    raise AssertionError("nobody serves")
