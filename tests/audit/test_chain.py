"""NEW-7: what is written is chained, signed and anchored, by however many workers, and nothing is lost."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from django.conf import LazySettings
from django.db import DatabaseError, transaction
from django.utils import timezone

from linekey.records import chain
from linekey.records.models import AuditChain, AuditCheckpoint, AuditEntry
from linekey.usecases import chain_audit
from linekey.vault import anchor, signing
from linekey.worker import chain as clock
from tests.audit.conftest import codes, found, trail_of, unlocked, write
from tests.build import Cast


def test_an_entry_gets_its_place_in_the_chain_of_the_organisation_it_is_about(
    cast: Cast, now: datetime
) -> None:
    write(cast, 3, now)
    AuditEntry.objects.create(at=now, door="system", action="account.asked", path="")
    assert chain_audit.chain_audit(now=now) == 4
    places = AuditEntry.objects.order_by("id").values_list("chain", "number")
    lumen = cast.lumen.pk
    assert [*places] == [(lumen, 1), (lumen, 2), (lumen, 3), (cast.operator.pk, 1)]
    assert chain_audit.chain_audit(now=now) == 0
    assert found(now) == []


def test_each_chain_that_grew_is_signed_at_once_and_then_once_a_minute(cast: Cast, now: datetime) -> None:
    trail_of(cast, 2, now)
    for seconds, signed in ((10, [2]), (30, [2]), (63, [2, 5])):
        write(cast, 1, now + timedelta(seconds=seconds))
        chain_audit.chain_audit(now=now + timedelta(seconds=seconds))
        assert [*AuditCheckpoint.objects.order_by("number").values_list("number", flat=True)] == signed
    assert codes(now + timedelta(seconds=63)) == set()


def test_a_busy_chain_is_signed_after_a_thousand_entries(cast: Cast, now: datetime) -> None:
    trail_of(cast, 1, now)
    write(cast, chain.SIGN_AFTER, now)
    chain_audit.chain_audit(now=now + timedelta(seconds=2))
    assert AuditCheckpoint.objects.count() == 2


def test_every_checkpoint_stands_in_the_anchor_file_too(cast: Cast, now: datetime, anchor_file: Path) -> None:
    trail_of(cast, 3, now)
    (line,) = anchor_file.read_text().splitlines()
    told, checkpoint = json.loads(line), AuditCheckpoint.objects.get()
    assert (told["chain"], told["number"]) == (cast.lumen.pk, 3)
    assert (told["digest"], told["signature"]) == (checkpoint.digest, checkpoint.signature)
    assert anchor_file.stat().st_mode & 0o777 == 0o600


def test_a_checkpoint_the_anchor_file_could_not_take_waits_for_it(
    cast: Cast, now: datetime, anchor_file: Path
) -> None:
    anchor_file.mkdir()
    write(cast, 1, now)
    with pytest.raises(OSError):
        chain_audit.chain_audit(now=now)
    clock.turn()  # The worker takes note and goes on.
    anchor_file.rmdir()
    assert codes(now + timedelta(minutes=2)) == {"anchor_late"}
    chain_audit.chain_audit(now=now)
    assert found(now + timedelta(minutes=2)) == []


def test_what_waits_long_for_its_place_or_its_signature_is_named(cast: Cast, now: datetime) -> None:
    write(cast, 2, now)
    assert found(now + timedelta(seconds=30), cast.lumen.pk) == []
    (finding,) = found(now + timedelta(minutes=2), cast.lumen.pk)
    assert (finding.code, finding.last) == ("unchained", 2)
    chain.seal_waiting(10)
    (finding,) = found(now + timedelta(minutes=5))
    assert (finding.code, finding.first, finding.last) == ("unsigned", 1, 2)


def test_a_worker_killed_between_write_and_chain_loses_nothing(cast: Cast, now: datetime) -> None:
    """The entry is committed with its act; its place is one transaction of its own, whole or not at all."""
    write(cast, 2, now)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        chain.seal_waiting(10)
        raise ZeroDivisionError
    assert AuditEntry.objects.filter(chain=None).count() == 2
    assert AuditChain.objects.count() == 0
    chain_audit.chain_audit(now=now)
    assert found(now) == []


def test_a_worker_killed_between_file_and_note_writes_the_line_twice_and_no_harm_is_done(
    cast: Cast, now: datetime, anchor_file: Path
) -> None:
    trail_of(cast, 2, now)
    AuditCheckpoint.objects.update(anchored_at=None)
    chain_audit.chain_audit(now=now)
    assert len(anchor_file.read_text().splitlines()) == 2
    assert found(now) == []


def test_writers_and_chainers_at_once_leave_no_gap(
    chained: Cast, in_threads: Callable[[list[Callable[[], object]]], list[object]]
) -> None:
    now = timezone.now()

    def writes() -> None:
        for _ in range(20):
            write(chained, 1, now)

    def chains() -> None:
        for _ in range(15):
            chain_audit.chain_audit(now=timezone.now())

    in_threads([writes, chains, writes, chains, writes])
    chain_audit.chain_audit(now=timezone.now())
    numbers = AuditEntry.objects.filter(chain=chained.lumen.pk).order_by("number")
    assert [*numbers.values_list("number", flat=True)] == list(range(1, 61))
    assert codes(timezone.now()) == set()


def test_a_chain_whose_end_was_lost_goes_on_where_its_entries_end(cast: Cast, now: datetime) -> None:
    trail_of(cast, 3, now)
    AuditChain.objects.all().delete()
    later = now + timedelta(minutes=2)
    assert [entry.number for entry in trail_of(cast, 1, later)] == [1, 2, 3, 4]
    assert codes(later) == set()


def test_nothing_of_the_trail_can_be_changed_or_taken_out_once_it_is_chained(
    cast: Cast, now: datetime
) -> None:
    trail_of(cast, 2, now)
    write(cast, 1, now)
    first, last = AuditEntry.objects.order_by("id").first(), AuditEntry.objects.order_by("id").last()
    assert first is not None and last is not None
    for attempt in (
        lambda: AuditEntry.objects.filter(pk=first.pk).delete(),
        lambda: AuditEntry.objects.filter(pk=first.pk).update(action="session.open"),
        lambda: AuditEntry.objects.filter(pk=first.pk).update(chain=None, number=None, digest=""),
        lambda: AuditEntry.objects.filter(pk=last.pk).update(path="1."),
        lambda: AuditEntry.objects.filter(pk=last.pk).update(facts={}, chain=1, number=1),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            attempt()
    with unlocked():
        assert AuditEntry.objects.filter(pk=first.pk).update(action="session.open") == 1


def test_a_rotated_key_signs_and_the_old_checkpoints_stay_verifiable(cast: Cast, now: datetime) -> None:
    trail_of(cast, 2, now)
    assert signing.renew() == "a2"
    trail_of(cast, 2, now + timedelta(minutes=5))
    assert {*AuditCheckpoint.objects.values_list("key_id", flat=True)} == {"a1", "a2"}
    assert codes(now + timedelta(minutes=5)) == set()
    assert set(signing.public_keys()) == {"a1", "a2"}


def test_the_private_half_is_sealed_and_readable_by_nobody_else(
    cast: Cast, now: datetime, settings: LazySettings
) -> None:
    assert signing.sealed_by() == "" and signing.public_keys() == {}
    trail_of(cast, 1, now)
    file = Path(settings.LINEKEY_KEYRING_FILE).with_name("audit-keys.json")
    assert file.stat().st_mode & 0o777 == 0o600
    assert signing.sealed_by() == "k1"
    signing.renew()
    keys = json.loads(file.read_text())["keys"]
    assert set(keys["a1"]) == {"public"} and set(keys["a2"]) == {"public", "sealed"}


def test_of_two_who_make_the_first_key_at_once_one_wins(
    in_threads: Callable[[list[Callable[[], str]]], list[str]], settings: LazySettings
) -> None:
    signatures = in_threads([lambda: signing.signer().sign(b"words")] * 6)
    assert set(signing.public_keys()) == {"a1"}
    assert all(signing.Verifier().holds("a1", each, b"words") for each in signatures)
    assert not signing.Verifier().holds("a1", signatures[0], b"other words")
    folder = Path(settings.LINEKEY_KEYRING_FILE).parent
    assert sorted(file.name for file in folder.iterdir()) == ["audit-keys.json", "keyring.json"]


def test_nonsense_in_the_anchor_file_is_read_as_nonsense(anchor_file: Path) -> None:
    good = {"chain": 1, "number": 1, "digest": "", "at": "", "key": "", "signature": ""}
    lines = ["", "{", "[]", json.dumps({"chain": 1}), json.dumps(good | {"chain": "1"})]
    lines += [json.dumps(good | {"number": 2**70}), json.dumps(good | {"digest": 7}), json.dumps(good)]
    anchor_file.write_text("\n".join(lines))
    assert [place for place, line in anchor.lines() if line is not None] == [8]
    assert [place for place, line in anchor.lines({2}) if line is not None] == []


def test_the_worker_chains_by_the_clock_and_once_more_when_it_ends(chained: Cast) -> None:
    write(chained, 2, timezone.now())
    stop = Event()
    stop.set()
    clock.run(stop)
    assert not AuditEntry.objects.filter(chain=None).exists()
