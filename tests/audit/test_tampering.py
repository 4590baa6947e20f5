"""NEW-7: whatever is done to the trail behind our back is named, on both databases."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linekey.domain.trail import sealed
from linekey.domain.trail_walk import MANY
from linekey.records import chain_reading as chain
from linekey.records import pages
from linekey.records.models import AuditChain, AuditCheckpoint, AuditEntry
from linekey.records.pages import JournalFilter
from linekey.usecases import chain_audit, verify_audit
from linekey.worker import verify_audit as command
from tests.audit.conftest import codes, found, trail_of, unlocked, write
from tests.build import Cast, actor

LENGTH = 12
LATER = timedelta(seconds=LENGTH)
GENERATED = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
NUMBERS = st.integers(1, LENGTH)
OTHERS: dict[str, Callable[[Cast], object]] = {
    "at": lambda cast: datetime.fromisoformat("2026-03-01T09:30:00+00:00"),
    "actor_id": lambda cast: cast.eve.pk,
    "door": lambda cast: "api",
    "action": lambda cast: "credential.send",
    "service_id": lambda cast: cast.phone_line.pk,
    "person_id": lambda cast: cast.eve.pk,
    "path": lambda cast: cast.verne.path,
    "facts": lambda cast: {"version": "99"},
    "digest": lambda cast: "0" * 64,
    "id": lambda cast: 10**9,
}
"""Another value for each column an entry has, beside its place."""


@contextmanager
def undone() -> Iterator[None]:
    """Tampering, taken back: each example begins with the trail as it was sealed."""
    with transaction.atomic():
        with unlocked():
            yield
        transaction.set_rollback(True)


def of(cast: Cast, number: int) -> AuditEntry:
    return AuditEntry.objects.get(chain=cast.lumen.pk, number=number)


def place(entry: AuditEntry, **columns: object) -> None:
    AuditEntry.objects.filter(pk=entry.pk).update(**columns)


def renumber(cast: Cast, numbers: dict[int, int]) -> None:
    """Each entry under another number; through numbers nobody has, as two may not share one."""
    rows = {number: of(cast, number) for number in numbers}
    for number, entry in rows.items():
        place(entry, number=number + 1000)
    for number, entry in rows.items():
        place(entry, number=numbers[number])


def named(now: datetime, cast: Cast) -> set[int]:
    """Every number a finding names."""
    numbers: set[int] = set()
    for finding in found(now + LATER, cast.lumen.pk):
        numbers |= {*range(finding.first, finding.last + 1), finding.last, finding.first}
    return numbers


@GENERATED
@given(number=NUMBERS, column=st.sampled_from(sorted(OTHERS)))
def test_an_edited_column_is_named(cast: Cast, now: datetime, number: int, column: str) -> None:
    _once(cast, now)
    with undone():
        place(of(cast, number), **{column: OTHERS[column](cast)})
        assert number in named(now, cast)


@GENERATED
@given(first=NUMBERS, count=st.integers(1, LENGTH))
def test_deleted_entries_are_named(cast: Cast, now: datetime, first: int, count: int) -> None:
    _once(cast, now)
    last = min(first + count - 1, LENGTH)
    with undone():
        AuditEntry.objects.filter(chain=cast.lumen.pk, number__range=(first, last)).delete()
        (finding,) = found(now + LATER)
        assert (finding.first, finding.last) == (first, last)
        assert finding.code == ("cut_tail" if last == LENGTH else "missing")


@GENERATED
@given(first=st.integers(1, LENGTH))
def test_a_cut_tail_shows_though_its_checkpoints_went_with_it(cast: Cast, now: datetime, first: int) -> None:
    """By the anchor file, which is not in the database."""
    _once(cast, now)
    with undone():
        AuditEntry.objects.filter(chain=cast.lumen.pk, number__gte=first).delete()
        AuditCheckpoint.objects.all().delete()
        AuditChain.objects.all().delete()
        (finding,) = found(now + LATER)
        assert (finding.code, finding.first, finding.last) == ("cut_tail", first, LENGTH)


@GENERATED
@given(pair=st.tuples(NUMBERS, NUMBERS).filter(lambda pair: pair[0] < pair[1]))
def test_two_entries_that_changed_places_are_named(cast: Cast, now: datetime, pair: tuple[int, int]) -> None:
    _once(cast, now)
    first, second = pair
    with undone():
        renumber(cast, {first: second, second: first})
        findings = {(each.code, each.first, each.last) for each in found(now + LATER, cast.lumen.pk)}
        assert {("moved", first, second), ("moved", second, first)} <= findings
        assert {code for code, *_ in findings} <= {"moved", "rewritten"}


@GENERATED
@given(pair=st.tuples(NUMBERS, NUMBERS).filter(lambda pair: pair[0] < pair[1]))
def test_two_swapped_digests_are_named(cast: Cast, now: datetime, pair: tuple[int, int]) -> None:
    _once(cast, now)
    one, other = (of(cast, number) for number in pair)
    with undone():
        place(one, digest=other.digest)
        place(other, digest=one.digest)
        assert set(pair) <= named(now, cast)


@GENERATED
@given(number=NUMBERS, after=st.booleans())
def test_an_entry_put_in_is_named(cast: Cast, now: datetime, number: int, after: bool) -> None:
    """With or without everything behind it moved up, and with a digest that fits before it."""
    _once(cast, now)
    with undone():
        false = of(cast, number)
        before = AuditEntry.objects.filter(chain=false.chain, number=number - 1).first()
        if after:
            renumber(cast, {each: each + 1 for each in range(LENGTH, number - 1, -1)})
        else:
            place(false, chain=10**6)
        false.pk, false.action = None, "session.open"
        false.save(force_insert=True)
        row = chain.entry_at(cast.lumen.pk, number)
        assert row is not None
        place(false, digest=sealed(row, before.digest if before else ""))
        assert {number, number + 1} & named(now, cast)


@GENERATED
@given(number=NUMBERS)
def test_an_edit_sealed_anew_is_named(cast: Cast, now: datetime, number: int) -> None:
    """The digest is no secret: anybody can compute one which fits."""
    _once(cast, now)
    with undone():
        place(of(cast, number), action="session.open")
        _seal(cast, number, number)
        assert {number, number + 1} & named(now, cast)


@GENERATED
@given(first=NUMBERS)
def test_a_chain_sealed_anew_from_some_entry_on_is_not_the_one_that_was_signed(
    cast: Cast, now: datetime, first: int
) -> None:
    _once(cast, now)
    with undone():
        place(of(cast, first), action="session.open")
        _seal(cast, first, LENGTH)
        assert codes(now + LATER, cast.lumen.pk) == {"rewritten"}
        head = of(cast, LENGTH)
        AuditCheckpoint.objects.filter(chain=cast.lumen.pk).update(digest=head.digest)
        assert codes(now + LATER, cast.lumen.pk) == {"bad_signature", "rewritten"}
        AuditCheckpoint.objects.filter(chain=cast.lumen.pk).delete()
        assert codes(now + LATER, cast.lumen.pk) == {"rewritten"}


def _once(cast: Cast, now: datetime) -> None:
    if not AuditEntry.objects.exists():
        trail_of(cast, LENGTH, now)


def _seal(cast: Cast, first: int, last: int) -> None:
    before = AuditEntry.objects.filter(chain=cast.lumen.pk, number=first - 1).first()
    digest = before.digest if before else ""
    for number in range(first, last + 1):
        row = chain.entry_at(cast.lumen.pk, number)
        assert row is not None
        digest = sealed(row, digest)
        AuditEntry.objects.filter(pk=row.id).update(digest=digest)


def test_a_chain_written_anew_whole_is_named_at_once(cast: Cast, now: datetime) -> None:
    many = MANY + 10
    trail_of(cast, many, now)
    with unlocked():
        AuditEntry.objects.filter(chain=cast.lumen.pk).update(digest="f" * 64)
    findings = found(now + timedelta(seconds=many))
    assert {finding.code for finding in findings} == {"altered", "rewritten"}
    assert [(each.first, each.last) for each in findings if each.code == "altered"] == [(1, many)]


def test_a_whole_chain_that_is_gone_is_named_by_the_anchor(cast: Cast, now: datetime) -> None:
    trail_of(cast, 3, now)
    with unlocked():
        AuditEntry.objects.all().delete()
    AuditCheckpoint.objects.all().delete()
    AuditChain.objects.all().delete()
    (finding,) = found(now)
    assert (finding.code, finding.chain, finding.last) == ("cut_tail", cast.lumen.pk, 3)


def test_entries_outside_every_count_are_named(cast: Cast, now: datetime) -> None:
    trail_of(cast, 3, now)
    for number in (0, None):
        AuditEntry.objects.create(
            at=now, door="system", action="x", path=cast.lumen.path, chain=cast.lumen.pk, number=number
        )
    assert codes(now, cast.lumen.pk) == {"inserted"}


def test_a_chain_of_an_organisation_that_never_was_is_never_signed(cast: Cast, now: datetime) -> None:
    AuditEntry.objects.create(at=now, door="x", action="x", path="9.", chain=10**7, number=1, digest="0" * 64)
    assert codes(now + timedelta(minutes=5)) == {"altered", "unsigned"}


def test_a_clock_that_went_back_is_a_note_and_no_fault(
    cast: Cast, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    trail_of(cast, 1, now)
    write(cast, 1, now - timedelta(hours=1))
    chain_audit.chain_audit(now=now + timedelta(minutes=2))
    (finding,) = found(now)
    assert (finding.code, finding.is_note, finding.first) == ("clock_back", True, 2)
    assert command.main([]) == 0
    assert "note  organisation" in capsys.readouterr().out


def test_a_signed_entry_taken_out_of_the_middle_is_missing_and_no_tail(cast: Cast, now: datetime) -> None:
    trail_of(cast, 5, now)
    trail_of(cast, 5, now + timedelta(minutes=2))
    with unlocked():
        of(cast, 5).delete()
    assert codes(now + timedelta(minutes=2)) == {"missing"}


def test_somebody_verifying_their_branch_learns_what_the_anchor_knows(cast: Cast, now: datetime) -> None:
    trail_of(cast, 5, now)
    with unlocked():
        AuditEntry.objects.filter(number__gt=3).delete()
    AuditCheckpoint.objects.all().delete()
    AuditChain.objects.all().delete()
    run = verify_audit.verify_some(actor=actor(cast.bruno), since=None, now=now)
    assert (run.ended, run.faults) == (True, 1)
    assert AuditChain.objects.get().found == [
        {"code": "cut_tail", "chain": cast.lumen.pk, "first": 4, "last": 5}
    ]


def test_a_line_of_nobody_in_the_anchor_file_is_for_the_command_to_tell(
    cast: Cast, now: datetime, anchor_file: Path
) -> None:
    trail_of(cast, 2, now)
    anchor_file.write_text(f"{anchor_file.read_text()}nonsense\n")
    run = verify_audit.verify_some(actor=actor(cast.bruno), since=None, now=now)
    assert (run.ended, run.faults) == (True, 0)
    assert codes(now) == {"anchor_unreadable"}


def test_entries_that_changed_places_are_marked_and_those_between_are_not(cast: Cast, now: datetime) -> None:
    trail_of(cast, 5, now)
    with unlocked():
        renumber(cast, {2: 4, 4: 2})
    verify_audit.verify_some(actor=actor(cast.bruno), since=None, now=now)
    rows = pages.journal_page(actor(cast.bruno), JournalFilter(group="credential"), now=now).rows
    assert {row.number: row.suspect for row in rows} == {1: False, 2: True, 3: False, 4: True, 5: False}


def test_two_who_verify_at_once_do_not_undo_each_other(cast: Cast, now: datetime) -> None:
    trail_of(cast, 3, now)
    head = AuditChain.objects.get()
    assert chain.came_to(head, 2, [], now)
    assert not chain.came_to(head, 1, [], now)
    assert AuditChain.objects.get().checked_number == 2


def test_a_checkpoint_that_is_gone_or_forged_is_named(cast: Cast, now: datetime, anchor_file: Path) -> None:
    trail_of(cast, 3, now)
    AuditCheckpoint.objects.update(signature="AAAA")
    assert codes(now) == {"bad_signature"}
    AuditCheckpoint.objects.update(key_id="a9")
    assert codes(now) == {"bad_signature"}
    AuditCheckpoint.objects.all().delete()
    assert codes(now) == {"no_checkpoint"}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "anchor_cut"),
        ("nonsense\n", "anchor_unreadable"),
        (
            '{"chain":%d,"number":3,"digest":"00","at":"x","key":"a1","signature":"AA=="}\n',
            "anchor_unreadable",
        ),
        (
            '{"chain":%d,"number":9,"digest":"00","at":"0001-01-01T00:00:00+23:00","key":"","signature":""}\n',
            "anchor_unreadable",
        ),
    ],
)
def test_what_was_done_to_the_anchor_file_is_named(
    cast: Cast, now: datetime, anchor_file: Path, content: str, code: str
) -> None:
    trail_of(cast, 3, now)
    anchor_file.write_text(content % cast.lumen.pk if "%" in content else content)
    assert code in codes(now)
    anchor_file.unlink()
    assert codes(now) == {"anchor_cut"}


def test_the_command_names_what_it_finds_and_ends_with_one(
    cast: Cast, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    trail_of(cast, 3, now)
    assert command.main([]) == 0
    assert "as it was sealed. 0 faults" in capsys.readouterr().out
    with unlocked():
        of(cast, 2).delete()
    assert command.main(["--chain", str(cast.lumen.pk)]) == 1
    told = capsys.readouterr().out
    assert f"FAULT  organisation {cast.lumen.pk}: Entry 2 is missing. [missing]" in told
    assert command.main(["--public-keys"]) == 0
    assert '"a1"' in capsys.readouterr().out
