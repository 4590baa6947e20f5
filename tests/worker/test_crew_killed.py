"""`kill -9` between any two steps: after a restart the element holds the newest, and nothing is lost."""

import hashlib
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from linekey.domain.secret import Secret
from linekey.records.models import CredentialVersion, OutboxEffect, ServiceMail
from linekey.usecases import rotate_credential
from tests.build import REALM, Cast, actor, build_cast
from tests.worker.killed_worker import POINTS, Ledger
from tests.worker.processes import started

pytestmark = pytest.mark.django_db(transaction=True)
OLD, NEW = Secret("Tilleul-4718-bleu"), Secret("Marronnier-62-vert")


@pytest.fixture
def committed(transactional_db: None) -> Cast:
    return build_cast(timezone.now())


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    yield Ledger(tmp_path)


def change(cast: Cast, new: Secret) -> str:
    now = timezone.now()
    return rotate_credential.change(
        actor=actor(cast.ada, now), reference=cast.line.reference, new=new, operation=new.reveal(), now=now
    ).plan


def ha1(cast: Cast, password: Secret) -> str:
    clear = f"{cast.line.reference}:{REALM}:{password.reveal()}"
    return hashlib.md5(clear.encode(), usedforsecurity=False).hexdigest()


def open_effects() -> bool:
    return OutboxEffect.objects.filter(state__in=["waiting", "claimed"]).exclude(kind="watch").exists()


def run_until_killed(folder: Path, point: str) -> None:
    (folder / "kill").write_text(point)
    with started("-m", "tests.worker.killed_worker", str(folder), "20") as worker:
        said, _ = worker.communicate(timeout=30)
    (folder / "kill").unlink()
    assert worker.returncode == -signal.SIGKILL, said


def run_until_settled(folder: Path) -> None:
    with started("-m", "tests.worker.killed_worker", str(folder), "20") as worker:
        deadline = time.monotonic() + 20
        while open_effects():
            assert worker.poll() is None and time.monotonic() < deadline, "the worker did not finish"
            time.sleep(0.02)
        worker.send_signal(signal.SIGTERM)
        said, _ = worker.communicate(timeout=20)
    assert worker.returncode == 0, said


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("changed_meanwhile", [False, True])
def test_a_killed_worker_loses_nothing_and_brings_nothing_old_back(
    committed: Cast, tmp_path: Path, ledger: Ledger, point: str, changed_meanwhile: bool
) -> None:
    plans, newest = [change(committed, OLD)], OLD
    run_until_killed(tmp_path, point)
    if changed_meanwhile:
        plans.append(change(committed, NEW))
        newest = NEW
    run_until_settled(tmp_path)

    pushes = [line[2] for line in ledger.lines() if line[0] == "push"]
    assert pushes[-1] == ha1(committed, newest), "the element ends at the newest version"
    if newest is NEW:
        first_new = pushes.index(ha1(committed, NEW))
        assert ha1(committed, OLD) not in pushes[first_new:], "and never went back"
    assert ["drop", committed.line.reference] in ledger.lines()
    version = CredentialVersion.objects.order_by("-number")[0]
    assert (version.plan, version.state) == (plans[-1], "live")
    for effect in OutboxEffect.objects.exclude(kind="watch"):
        expected = {"done"} if effect.plan == plans[-1] or effect.kind == "notify" else {"done", "skipped"}
        assert effect.state in expected and effect.settled_at is not None, effect.kind
    mails = {line[1] for line in ledger.lines() if line[0] == "mail"}
    assert len(mails) == ServiceMail.objects.count() == len(plans), (
        "each notice is one mail, by its Message-ID"
    )


def test_a_worker_killed_before_it_wrote_anything_leaves_everything_to_the_next(
    committed: Cast, tmp_path: Path, ledger: Ledger
) -> None:
    """And the next waits for the end of the lease, not longer."""
    change(committed, OLD)
    run_until_killed(tmp_path, "before push")
    assert not [line for line in ledger.lines() if line[0] == "push"]
    held = OutboxEffect.objects.get(kind="push")
    assert held.state == "claimed" and held.lease_until is not None
    run_until_settled(tmp_path)
    held.refresh_from_db()
    assert (held.state, held.attempts) == ("done", 2)
