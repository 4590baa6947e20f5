"""A commit of anybody's calls the crew it concerns, the network's first, and no other."""

from dataclasses import dataclass

import pytest
from django.db import transaction
from django.utils import timezone

from linekey.domain.effects import Effect, EffectKind
from linekey.enact.table import TO_NETWORK, TO_PEOPLE
from linekey.records import outbox
from linekey.records.models import OutboxEffect
from linekey.worker.bell import Bell

pytestmark = pytest.mark.django_db


@dataclass
class Called:
    kinds: frozenset[str]
    times: int = 0

    def call(self) -> None:
        self.times += 1


class Commits:
    """Something was committed at each of these turns."""

    def __init__(self, *turns: bool) -> None:
        self._turns = list(turns)

    def wait(self, seconds: float) -> bool:
        return self._turns.pop(0)


@pytest.fixture
def network() -> Called:
    return Called(TO_NETWORK)


@pytest.fixture
def people() -> Called:
    return Called(TO_PEOPLE)


def put(*kinds: EffectKind) -> None:
    with transaction.atomic():
        outbox.put([Effect(kind, ordered=False) for kind in kinds], plan="p", now=timezone.now())


def test_who_has_nothing_to_do_is_not_called(network: Called, people: Called) -> None:
    put(EffectKind.PUSH)
    Bell(network, [people], head_start=0).turn(Commits(True))
    assert (network.times, people.times) == (1, 0)


def test_a_commit_which_promises_nothing_calls_nobody(network: Called, people: Called) -> None:
    put(EffectKind.PUSH, EffectKind.NOTIFY)
    OutboxEffect.objects.update(bulk=True)
    Bell(network, [people], head_start=0).turn(Commits(True))
    assert (network.times, people.times) == (0, 0)


def test_a_mail_is_written_once_the_network_had_its_head_start(network: Called, people: Called) -> None:
    put(EffectKind.PUSH, EffectKind.NOTIFY)
    now = [100.0]
    bell = Bell(network, [people], head_start=1, clock=lambda: now[0])
    bell.turn(Commits(True))
    assert (network.times, people.times) == (1, 0)
    # Further commits in between do not put it off.
    now[0] += 0.6
    bell.turn(Commits(True))
    now[0] += 0.6
    bell.turn(Commits(False))
    assert (network.times, people.times) == (2, 1)
    bell.turn(Commits(False))
    assert people.times == 1
