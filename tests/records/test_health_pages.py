"""What needs attention, as each may know it: the worst first, and nobody else's (law 11)."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linekey.domain.access import Actor, Door, Scope
from linekey.domain.attention import Attention
from linekey.domain.errors import NotFound
from linekey.domain.kinds import Verb
from linekey.records import health, pages
from linekey.records.models import Factor, HealthMark, Person, Service
from linekey.records.pages import health as health_page
from linekey.usecases import keep_health
from linekey.worker import schedule
from tests.attacks import BURST, STRANGER, guess
from tests.build import Cast, actor, user_licence
from tests.hands import Hands

pytestmark = pytest.mark.django_db(transaction=True)
MOST_QUERIES = 20


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def counts(who: Actor, now: datetime) -> dict[str, int]:
    return {row.what.value: row.count for row in pages.health_of(who, now=now).counts}


def attacked(who: Actor, now: datetime) -> list[str]:
    return [row.reference for row in pages.attention(who, Attention.ATTACKED, now=now).rows]


def everybody(cast: Cast) -> dict[str, Person]:
    return {name: getattr(cast, name) for name in ("ada", "bruno", "chen", "dina", "olivia", "eve")}


def test_an_attacked_line_is_told_to_whom_it_belongs_and_to_nobody_else(cast: Cast, now: datetime) -> None:
    guess(cast.line, now)
    seen = {name: attacked(actor(person), now) for name, person in everybody(cast).items()}
    assert seen == {
        "ada": [cast.line.reference],
        "bruno": [cast.line.reference],
        "chen": [cast.line.reference],
        "dina": [cast.line.reference],
        "olivia": [cast.line.reference],
        "eve": [],
    }


def test_nothing_of_another_tenant_changes_what_one_sees(cast: Cast, now: datetime) -> None:
    """Law 11: neither lists, nor counts, nor the bars of refused logins tell."""
    keep_health.keep(now=now)
    before = {name: pages.health_of(actor(cast_of), now=now) for name, cast_of in everybody(cast).items()}
    guess(cast.eves_line, now)
    keep_health.keep(now=now)
    after = {name: pages.health_of(actor(cast_of), now=now) for name, cast_of in everybody(cast).items()}
    assert {name for name in before if after[name] != before[name]} == {"dina", "olivia", "eve"}


def test_the_worst_come_first_with_what_to_do(cast: Cast, hands: Hands, now: datetime) -> None:
    guess(cast.line, now)
    guess(cast.phone_line, now)
    keep_health.keep(now=now)
    hands.registrar.down = True
    schedule.look_at_elements(hands.outside, now)
    page = pages.health_of(actor(cast.olivia), now=now)
    assert [row.what for row in page.rows][:3] == [Attention.ATTACKED] * 2 + [Attention.ELEMENT_DOWN]
    line, phone = sorted(page.rows[:2], key=lambda row: row.reference)
    assert (line.count, line.sources, line.organisation) == (BURST, 1, "Atelier Lumen")
    assert Verb.RESET in line.actions and Verb.CHANGE not in line.actions
    assert phone.managed_phone == "Yealink T46U" and not phone.actions
    assert counts(actor(cast.olivia), now) == {"attacked": 2, "element_down": 1, "no_second_factor": 4}


def test_elements_are_the_business_of_staff(cast: Cast, hands: Hands, now: datetime) -> None:
    schedule.look_at_elements(hands.outside, now)
    later = now + timedelta(minutes=5)
    assert "element_down" in counts(actor(cast.dina), later), "nobody has looked for minutes"
    for person in (cast.chen, cast.bruno, cast.ada):
        assert "element_down" not in counts(actor(person), later)
        assert not pages.attention(actor(person), Attention.ELEMENT_DOWN, now=later).rows


def test_a_program_of_staff_which_may_read_learns_of_an_element_that_is_down(
    cast: Cast, hands: Hands, now: datetime
) -> None:
    schedule.look_at_elements(hands.outside, now)
    later = now + timedelta(minutes=5)
    program = actor(cast.dina, door=Door.API)
    for scope, told in ((Scope.READ, True), (Scope.MEMBERS, False)):
        assert ("element_down" in counts(replace(program, scopes=frozenset({scope})), later)) is told


def test_accounts_are_told_to_whom_looks_after_them_and_ones_own_to_oneself(
    cast: Cast, now: datetime
) -> None:
    keep_health.keep(now=now)
    rows = pages.attention(actor(cast.chen), Attention.NO_SECOND_FACTOR, now=now).rows
    assert {row.customer_id: row.own for row in rows} == {
        cast.bruno.customer_id: False,
        cast.chen.customer_id: True,
    }
    own = pages.attention(actor(cast.ada), Attention.NO_SECOND_FACTOR, now=now).rows
    assert [(row.customer_id, row.own) for row in own] == [(cast.ada.customer_id, True)]
    Factor.objects.create(person=cast.bruno, kind="totp", name="Téléphone", created_at=now)
    rows = pages.attention(actor(cast.chen), Attention.NO_SECOND_FACTOR, now=now).rows
    assert [row.customer_id for row in rows] == [cast.chen.customer_id], "judged again when it is shown"


def test_a_key_without_members_learns_nothing_of_members(cast: Cast, now: datetime) -> None:
    keep_health.keep(now=now)
    program = replace(actor(cast.chen, door=Door.API), scopes=frozenset({Scope.READ}))
    assert counts(program, now) == {}
    assert not pages.attention(program, Attention.NO_SECOND_FACTOR, now=now).rows
    everything = replace(program, scopes=frozenset({Scope.READ, Scope.MEMBERS}))
    assert counts(everything, now) == {"no_second_factor": 2}
    assert not pages.health_of(replace(actor(cast.ada), scopes=frozenset(Scope)), now=now).rows


def test_what_is_settled_is_not_shown_though_its_mark_is_still_there(cast: Cast, now: datetime) -> None:
    guess(cast.line, now)
    assert attacked(actor(cast.chen), now + timedelta(days=2)) == []
    Service.objects.filter(pk=cast.line.pk).update(path=cast.verne.path, organisation=cast.verne)
    assert attacked(actor(cast.chen), now) == [], "what may be seen is asked of the service itself"


def test_a_long_list_comes_page_by_page(cast: Cast, now: datetime) -> None:
    lines = [user_licence(f"FPC18{number:04}", cast.pbx, now) for number in range(5)]
    for line in lines:
        guess(line, now)
    first = pages.attention(actor(cast.bruno), Attention.ATTACKED, now=now, limit=3)
    last = pages.attention(actor(cast.bruno), Attention.ATTACKED, now=now, after=first.next, limit=3)
    told = [row.reference for row in (*first.rows, *last.rows)]
    assert told == [line.reference for line in reversed(lines)] and last.next is None


def test_beyond_a_thousand_nobody_counts(cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health_page, "MOST_COUNTED", 2)
    for number in range(3):
        guess(user_licence(f"FPC18{number:04}", cast.pbx, now), now)
    found = pages.health_of(actor(cast.chen), now=now).counts[0]
    assert (found.count, found.more) == (2, True)


@pytest.mark.parametrize("name", ["chen", "olivia"])
def test_the_home_page_asks_the_same_few_questions_however_much_is_wrong(
    cast: Cast, now: datetime, name: str
) -> None:
    who, costs = actor(getattr(cast, name)), []
    for number in range(12):
        guess(user_licence(f"FPC18{number:04}", cast.pbx, now), now)
        if number in (2, 11):
            with CaptureQueriesContext(connection) as asked:
                pages.health_of(who, now=now)
            costs.append(len(asked))
    assert costs[1] <= costs[0] <= MOST_QUERIES


def test_thirty_days_of_refused_logins_by_day_and_by_source(cast: Cast, now: datetime) -> None:
    guess(cast.line, now - timedelta(days=3), 4)
    guess(cast.line, now, 2, source="198.51.100.20:5060")
    guess(cast.line, now - timedelta(days=40), 9)
    page = pages.failed_logins(actor(cast.ada), cast.line.reference, now=now)
    assert len(page.days) == 30 and page.days[-1].day == now.date()
    assert {day.count for day in page.days} == {0, 2, 4} and page.refused == 6
    assert [(row.source, row.count, row.familiar) for row in page.sources] == [
        (STRANGER, 4, False),
        ("198.51.100.20", 2, True),
    ]
    assert (page.source_count, page.attack) == (2, None)
    guess(cast.line, now)
    assert pages.failed_logins(actor(cast.ada), cast.line.reference, now=now).attack is not None
    assert pages.health_of(actor(cast.ada), now=now).refused == 6 + BURST
    assert pages.health_of(actor(cast.bruno), now=now).refused == 6 + BURST


def test_not_yours_and_unknown_are_one_answer(cast: Cast, now: datetime) -> None:
    for reference in (cast.line.reference, "nothing", "\0", "x" * 100):
        with pytest.raises(NotFound):
            pages.failed_logins(actor(cast.eve), reference, now=now)


def test_marks_of_a_branch_are_one_equality(cast: Cast, now: datetime) -> None:
    """Each level of the tree has its own column, and its index."""
    guess(cast.line, now)
    guess(cast.eves_line, now)
    found = {
        name: health.marks(actor(person), Attention.ATTACKED).count()
        for name, person in everybody(cast).items()
        if name not in ("ada", "eve")
    }
    assert found == {"bruno": 1, "chen": 1, "dina": 2, "olivia": 2}
    assert HealthMark.objects.filter(above2=cast.verne.pk, above3=None).count() == 1
