"""A backup shows one moment of a desk that goes on, tells what it did, and tells the monitoring when."""

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from linekey.domain.metrics import BACKED_UP
from linekey.records import metrics
from linekey.records.models import Campaign, OpenSession, OutboxEffect, Person, SearchEntry
from linekey.worker import backup
from linekey.worker.backups import held, rows
from tests.build import Cast, build_cast

NOW = datetime(2026, 3, 3, 4, 0, tzinfo=UTC)


def test_every_table_of_ours_is_in_a_backup_but_what_is_made_of_others(db: None) -> None:
    tables = {model._meta.db_table for model in apps.get_app_config("linekey").get_models()}
    assert {table.name for table in rows.tables()} == tables - {SearchEntry._meta.db_table}


def test_what_is_committed_meanwhile_is_not_in_it(transactional_db: None, now: datetime) -> None:
    build_cast(now)

    def seen() -> Generator[list[str], None, None]:
        try:
            with rows.snapshot() as snapshot:
                [table] = [table for table in rows.tables() if table.name == "linekey_person"]
                assert snapshot.count(table) == 6
                yield []
                place = table.columns.index("first_name")
                yield sorted(row[place] for rows in snapshot.rows(table) for row in rows)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as beside:
        moments = seen()
        beside.submit(next, moments).result()
        Person.objects.filter(first_name="Ada").update(first_name="Augusta")
        assert beside.submit(next, moments).result() == ["Ada", "Bruno", "Chen", "Dina", "Eve", "Olivia"]
        beside.submit(moments.close).result()


def test_one_in_a_folder_bears_its_moment_and_its_age_is_a_figure(
    transactional_db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert age_told() == 0
    assert backup.main([str(tmp_path), "--in-clear"]) == 0
    [path] = tmp_path.iterdir()
    moment = datetime.strptime(path.name, "linekey-%Y-%m-%dT%H%M%SZ.jsonl.gz").replace(tzinfo=UTC)
    assert abs(age_told() - moment.timestamp()) < 2
    told = capsys.readouterr().out
    assert "It was read back." in told and "The keyring is not in it" in told
    assert backup.main([str(path), "--in-clear"]) == 2
    assert "--force replaces it" in capsys.readouterr().err
    assert backup.main([str(path), "--in-clear", "--force"]) == 0
    assert backup.main([str(tmp_path / "no" / "where"), "--in-clear"]) == 5
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [[], ["--in-clear", "--with-keys"], ["--in-clear", "--recipient", "age1x"]], ids=" ".join
)
def test_it_is_encrypted_or_somebody_says_that_it_is_not(
    tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        backup.main([str(tmp_path), *words])
    assert ended.value.code == 2 and list(tmp_path.iterdir()) == []


def test_after_a_restore_every_change_under_way_waits_for_a_person(cast: Cast, now: datetime) -> None:
    def promise(plan: str, step: int, kind: str, state: str) -> None:
        lane = f"{plan}:{kind}"
        OutboxEffect.objects.create(
            plan=plan, step=step, lane=lane, kind=kind, state=state, not_before=now, created_at=now
        )

    for step, (kind, state) in enumerate((("push", "done"), ("drop", "claimed"), ("notify", "waiting"))):
        promise("a", step, kind, state)
    for step, (kind, state) in enumerate((("push", "dead"), ("drop", "blocked"), ("notify", "waiting"))):
        promise("b", step, kind, state)
    promise("c", 0, "observe", "waiting")
    promise("d", 0, "webhook", "waiting")
    assert held.hold_promises(now, NOW) == 1
    states = [*OutboxEffect.objects.order_by("plan", "step").values_list("plan", "state")]
    assert [state for plan, state in states if plan == "a"] == ["done", "dead", "blocked"]
    assert [state for plan, state in states if plan == "b"] == ["dead", "blocked", "blocked"]
    assert [state for plan, state in states if plan in "cd"] == ["waiting", "waiting"]


def test_after_a_restore_campaigns_are_paused_and_nobody_is_signed_in(cast: Cast, now: datetime) -> None:
    for state in ("drafted", "running", "stopped", "done"):
        Campaign.objects.create(
            **dict.fromkeys(("reference", "name", "plan"), state),
            **dict.fromkeys(("rate", "wave", "pause", "stop_percent", "stop_count"), 1),
            **dict.fromkeys(("paced_at", "measured_at", "created_at"), now),
            made_by=cast.olivia,
            state=state,
        )
    OpenSession.objects.create(
        person=cast.ada, **dict.fromkeys(("opened_at", "seen_at", "confirmed_at"), now)
    )
    assert held.pause_campaigns() == 2
    states = Campaign.objects.values_list("reference", "state")
    assert dict(states) == {"drafted": "paused", "running": "paused", "stopped": "stopped", "done": "done"}
    assert held.end_sessions(NOW) == 1 and OpenSession.objects.get().ended_at == NOW


def age_told() -> float:
    [sample] = [each for each in metrics.standing({}, now=NOW) if each.metric is BACKED_UP]
    return sample.value
