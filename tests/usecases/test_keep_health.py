"""NEW-11: what needs attention is marked when it happens or within one round, and no longer than it is."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from linekey.domain.attention import OF_SERVICES, Attention
from linekey.domain.health import UNUSED_AFTER
from linekey.domain.kinds import Mode
from linekey.domain.secret import Secret
from linekey.records.models import (
    CredentialVersion,
    Factor,
    FailedDay,
    FailedLogin,
    HealthMark,
    HealthWalk,
    OutboxEffect,
    Person,
    Service,
)
from linekey.usecases import keep_health, rotate_credential
from linekey.worker import listen, schedule
from tests.attacks import BURST, guess
from tests.build import GOOD_SIP_PASSWORD, Cast, actor
from tests.hands import Hands, make_due, work

pytestmark = pytest.mark.django_db(transaction=True)
ATTACKED = Attention.ATTACKED


@pytest.fixture
def now() -> datetime:
    """Effects are settled by the real clock."""
    return timezone.now()


def marks(service: Service) -> set[str]:
    return set(HealthMark.objects.filter(service=service).values_list("what", flat=True))


def people() -> set[str]:
    return set(HealthMark.objects.exclude(person=None).values_list("person__first_name", flat=True))


def reset(cast: Cast, hands: Hands, service: Service, mode: Mode | None = None) -> Secret:
    now = timezone.now()
    receipt = rotate_credential.reset(
        actor=actor(cast.chen, now), reference=service.reference, operation=str(now), now=now, mode=mode
    )
    work(hands)
    assert receipt.shown_once is not None
    return receipt.shown_once


def aged(service: Service, days: int) -> None:
    """Its newest password is so many days older than it was."""
    version = service.versions.order_by("-number")[0]
    version.created_at -= timedelta(days=days)
    version.live_at = version.live_at and version.live_at - timedelta(days=days)
    version.save()


def test_a_burst_marks_the_line_in_the_moment_it_is_heard(cast: Cast, now: datetime) -> None:
    guess(cast.licence, now)
    assert marks(cast.licence) == {ATTACKED}
    assert HealthMark.objects.count() == 1


def test_a_few_wrong_passwords_mark_nothing(cast: Cast, now: datetime) -> None:
    guess(cast.licence, now, 20)
    assert marks(cast.licence) == set()


def test_the_device_of_the_line_itself_is_no_attacker(cast: Cast, now: datetime) -> None:
    """A phone which was not told of the new password tries the old one for ever."""
    guess(cast.line, now, 5000, source=f"{cast.line.address}:5060")
    assert marks(cast.line) == set()


def test_a_scanner_is_one_source_however_its_ports_change(cast: Cast, now: datetime) -> None:
    for port in range(50):
        guess(cast.licence, now, BURST // 50, source=f"203.0.113.9:{5060 + port}")
    assert list(FailedLogin.objects.values_list("source", "count")) == [("203.0.113.9", BURST)]
    assert marks(cast.licence) == {ATTACKED}


def test_a_few_guesses_each_from_many_sources_are_an_attack_too(cast: Cast, now: datetime) -> None:
    for number in range(5):
        guess(cast.licence, now, 10, source=f"203.0.113.{number}")
    assert marks(cast.licence) == {ATTACKED}


def test_a_mark_keeps_its_moment_while_the_attack_goes_on(cast: Cast, now: datetime) -> None:
    guess(cast.licence, now)
    since = HealthMark.objects.get().since
    guess(cast.licence, now + timedelta(minutes=1))
    keep_health.keep(now=now + timedelta(minutes=2))
    assert HealthMark.objects.get(what=ATTACKED).since == since


def test_cutting_ends_the_attack_at_once(cast: Cast, hands: Hands, now: datetime) -> None:
    reset(cast, hands, cast.licence)
    guess(cast.licence, now - timedelta(hours=2))
    CredentialVersion.objects.update(live_at=now - timedelta(hours=3))
    keep_health.keep(now=now)
    assert marks(cast.licence) == {ATTACKED}
    reset(cast, hands, cast.licence, Mode.IMMEDIATE)
    assert marks(cast.licence) == set()


def test_in_grace_the_old_password_can_still_be_guessed(cast: Cast, hands: Hands, now: datetime) -> None:
    schedule.look_at_elements(hands.outside, now)
    first = reset(cast, hands, cast.licence)
    hands.registers(cast.licence, first.reveal())
    CredentialVersion.objects.update(live_at=now - timedelta(hours=3))
    guess(cast.licence, now - timedelta(hours=2))
    new = reset(cast, hands, cast.licence, Mode.GRACE)
    assert marks(cast.licence) == {ATTACKED}
    assert hands.registers(cast.licence, new.reveal())
    listen.turn(hands.outside)
    work(hands)
    assert marks(cast.licence) == set()


def test_days_are_counted_for_every_branch_above(cast: Cast, now: datetime) -> None:
    guess(cast.licence, now, 7)
    guess(cast.licence, now, 2, source="2001:db8::7")
    guess(cast.eves_line, now, 3)
    days = dict(FailedDay.objects.values_list("organisation__name", "count"))
    assert days == {"Linekey Télécom": 12, "Chen Télécom": 9, "Atelier Lumen": 9, "Verne & Filles": 3}
    schedule.sweep(now + timedelta(days=31))
    assert not FailedDay.objects.exists()


def test_a_round_finds_what_is_old(cast: Cast, hands: Hands, now: datetime) -> None:
    password = reset(cast, hands, cast.licence)
    hands.registers(cast.licence, password.reveal())
    make_due()
    work(hands)
    aged(cast.licence, 91)
    keep_health.keep(now=now)
    assert marks(cast.licence) == {Attention.OLD}


def test_a_round_goes_on_where_it_stopped_and_begins_again(cast: Cast, hands: Hands, now: datetime) -> None:
    for service in (cast.line, cast.eves_licence):
        guess(service, now)
    HealthMark.objects.all().delete()
    total = Service.objects.count()
    for _ in range(-(-total // 2)):
        keep_health.keep(now=now, at_once=2)
    assert marks(cast.line) == marks(cast.eves_licence) == {ATTACKED}
    HealthWalk.objects.filter(name="services").update(reached=10**9)
    keep_health.keep(now=now, at_once=2)
    assert HealthWalk.objects.get(name="services").reached == 0


def test_of_two_workers_one_judges_a_batch(cast: Cast) -> None:
    after = keep_health.reached(keep_health.SERVICES)
    first, late = (keep_health.next_of_round(keep_health.SERVICES, after, 2) for _ in range(2))
    assert first == list(Service.objects.order_by("pk").values_list("pk", flat=True)[:2])
    assert late == []


def test_a_mark_of_what_is_over_goes_with_the_round(cast: Cast, now: datetime) -> None:
    guess(cast.licence, now)
    keep_health.keep(now=now + timedelta(days=2))
    assert marks(cast.licence) == set()


def test_a_mark_goes_where_its_organisation_goes(cast: Cast, now: datetime) -> None:
    guess(cast.licence, now)
    assert HealthMark.objects.get().above3 == cast.lumen.pk
    cast.licence.path = cast.verne.path
    cast.licence.save()
    keep_health.judge_services([cast.licence.pk], now=now)
    mark = HealthMark.objects.get()
    assert (mark.above1, mark.above2, mark.above3) == (cast.operator.pk, cast.verne.pk, None)


def test_whoever_acts_for_others_with_a_password_alone_is_marked(cast: Cast, now: datetime) -> None:
    keep_health.keep(now=now)
    assert people() == {"Bruno", "Chen", "Dina", "Olivia"}
    Factor.objects.create(person=cast.bruno, kind="totp", name="Téléphone", created_at=now)
    Person.objects.filter(pk=cast.chen.pk).update(is_active=False)
    Person.objects.filter(pk=cast.dina.pk).update(activated_at=None)
    Person.objects.filter(pk=cast.olivia.pk).update(role="subscriber")
    keep_health.keep(now=now)
    assert people() == set()


def test_a_device_which_does_not_come_back_is_marked_until_it_is_seen(
    cast: Cast, hands: Hands, now: datetime
) -> None:
    password = reset(cast, hands, cast.licence)
    CredentialVersion.objects.update(live_at=now - timedelta(hours=1))
    make_due()
    work(hands)
    assert marks(cast.licence) == {Attention.NOT_BACK}
    hands.registers(cast.licence, password.reveal())
    keep_health.keep(now=now + timedelta(hours=1))
    looks = OutboxEffect.objects.filter(kind="observe", service=cast.licence, state="waiting")
    assert looks.count() == 1
    keep_health.keep(now=now + timedelta(hours=1))
    assert looks.count() == 1, "it is asked already"
    make_due()
    work(hands)
    assert marks(cast.licence) == set()


def test_a_change_the_registrar_refuses_is_marked_until_the_next_one(
    cast: Cast, hands: Hands, now: datetime
) -> None:
    hands.registrar.rejecting = True
    reset(cast, hands, cast.licence)
    assert marks(cast.licence) == {Attention.STOPPED}
    hands.registrar.rejecting = False
    reset(cast, hands, cast.licence)
    assert marks(cast.licence) == set()


def test_a_password_chosen_under_weaker_rules_is_marked_when_the_policy_grows_stricter(
    cast: Cast, hands: Hands, now: datetime
) -> None:
    rotate_credential.change(
        actor=actor(cast.ada), reference=cast.line.reference, new=GOOD_SIP_PASSWORD, operation="a", now=now
    )
    reset(cast, hands, cast.licence)
    cast.lumen.policy = {"sip_rules": "nist"}
    cast.lumen.save()
    keep_health.keep(now=now)
    assert marks(cast.line) == {Attention.OUTDATED}
    assert marks(cast.licence) == set(), "what was drawn is never weak"


def test_never_used_is_said_after_the_elements_were_asked(cast: Cast, hands: Hands, now: datetime) -> None:
    reset(cast, hands, cast.licence)
    reset(cast, hands, cast.access)
    OutboxEffect.objects.filter(kind="watch").delete()
    for service in (cast.licence, cast.access):
        aged(service, UNUSED_AFTER.days + 1)
    keep_health.keep(now=now)
    assert marks(cast.licence) == marks(cast.access) == set()
    work(hands)
    keep_health.keep(now=now)
    assert marks(cast.licence) == marks(cast.access) == {Attention.NEVER_USED}


def test_the_log_of_the_access_server_remembers_who_was_there(
    cast: Cast, hands: Hands, now: datetime
) -> None:
    password = reset(cast, hands, cast.access)
    aged(cast.access, UNUSED_AFTER.days + 1)
    OutboxEffect.objects.filter(kind="watch").delete()
    assert hands.logs_in(cast.access, password.reveal())
    keep_health.keep(now=now)
    work(hands)
    keep_health.keep(now=now)
    assert marks(cast.access) == set()


def test_no_more_than_a_few_services_are_asked_about_in_one_turn(
    cast: Cast, hands: Hands, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for service in (cast.licence, cast.access):
        reset(cast, hands, service)
        aged(service, UNUSED_AFTER.days + 1)
    OutboxEffect.objects.all().delete()
    monkeypatch.setattr(keep_health, "LOOKS_AT_ONCE", 1)
    for _ in range(2):
        keep_health.keep(now=now)
    assert OutboxEffect.objects.filter(kind="observe").count() == 1


def test_nothing_can_be_guessed_of_a_line_which_accepts_nothing(
    cast: Cast, hands: Hands, now: datetime
) -> None:
    rotate_credential.retire(
        actor=actor(cast.chen, now), reference=cast.licence.reference, operation="a", now=now
    )
    work(hands)
    guess(cast.licence, now)
    assert marks(cast.licence) == set()


def test_nothing_is_marked_of_a_closed_service_or_one_that_is_gone(cast: Cast, now: datetime) -> None:
    guess(cast.licence, now)
    Service.objects.filter(pk=cast.licence.pk).update(state="closed")
    keep_health.judge_marked(cast.licence.pk, now=now)
    assert marks(cast.licence) == set()
    keep_health.judge_marked(cast.licence.pk, now=now)
    keep_health.judge_services([10**9], now=now)
    assert set(HealthMark.objects.values_list("what", flat=True)) <= set(OF_SERVICES)
