"""Whoever trusts us in nothing verifies an export by the program of the page about it."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from linekey.domain.trail_walk import SENTENCES
from linekey.records import audit
from linekey.records.pages import JournalFilter
from linekey.usecases import read_audit
from tests.audit.conftest import trail_of, write
from tests.build import Cast, actor
from tests.docs.pages import blocks, text_of

Lines = list[dict[str, Any]]


@pytest.fixture
def verifier(tmp_path: Path) -> Callable[[Lines], tuple[int, str]]:
    (program,) = blocks(text_of("docs/reference/audit.md"), "python")
    (tmp_path / "verify.py").write_text(program)

    def run(lines: Lines) -> tuple[int, str]:
        (tmp_path / "export.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
        done = subprocess.run(
            [sys.executable, tmp_path / "verify.py", tmp_path / "export.jsonl"],
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    return run


def exported(cast: Cast, now: datetime, group: str = "") -> Lines:
    asked = JournalFilter(group=group)
    return list(read_audit.export_lines(actor=actor(cast.bruno), narrowed=asked, now=now))


def test_an_export_is_verified_by_twenty_lines(
    cast: Cast, now: datetime, verifier: Callable[[Lines], tuple[int, str]]
) -> None:
    audit.write(action="member.reset", now=now, actor=actor(cast.dina), person=cast.ada, address="1.2.3.4")
    audit.write(action="factor.added", now=now, actor=actor(cast.bruno), person=cast.ada, label="Clé « é »")
    trail_of(cast, 4, now)
    lines = exported(cast, now)
    assert [line.get("withheld", False) for line in lines[:2]] == [True, False]
    assert "person" not in lines[0] and "1.2.3.4" not in json.dumps(lines[0])
    assert verifier(lines) == (0, "6 entries are as they were sealed\n")
    assert verifier(exported(cast, now, group="credential"))[0] == 0


def test_what_is_not_signed_yet_or_waits_can_be_taken_out_too(
    cast: Cast, now: datetime, verifier: Callable[[Lines], tuple[int, str]]
) -> None:
    trail_of(cast, 2, now)
    trail_of(cast, 2, now + timedelta(seconds=9))
    write(cast, 2, now)
    lines = exported(cast, now, group="credential")
    assert [line["number"] for line in lines if line["type"] == "entry"] == [1, 2, 3, 4, 0, 0]
    assert [line["number"] for line in lines if line["type"] == "checkpoint"] == [2]
    assert verifier(lines) == (0, "4 entries are as they were sealed\n")


@pytest.mark.parametrize(
    ("number", "name", "value"),
    [
        (2, "action", "session.open"),
        (2, "facts", {"version": "9"}),
        (2, "digest", "0" * 64),
        (3, "previous", "0" * 64),
        (4, "digest", "0" * 64),
    ],
)
def test_an_outsider_notices_what_was_changed(
    cast: Cast,
    now: datetime,
    verifier: Callable[[Lines], tuple[int, str]],
    number: int,
    name: str,
    value: object,
) -> None:
    trail_of(cast, 4, now)
    lines = exported(cast, now)
    lines[number - 1][name] = value
    assert verifier(lines)[0] == 1


def test_an_outsider_notices_a_forged_signature(
    cast: Cast, now: datetime, verifier: Callable[[Lines], tuple[int, str]]
) -> None:
    trail_of(cast, 4, now)
    lines = exported(cast, now)
    (checkpoint,) = (line for line in lines if line["type"] == "checkpoint")
    checkpoint["number"] = 3
    code, told = verifier(lines)
    assert code == 1 and "InvalidSignature" in told


def test_the_verifier_is_short_enough_to_be_read() -> None:
    (program,) = blocks(text_of("docs/reference/audit.md"), "python")
    assert len(program.splitlines()) <= 25


def test_every_finding_is_explained() -> None:
    told = text_of("docs/reference/audit.md")
    assert [code for code in SENTENCES if f"| `{code}` |" not in told] == [
        "altered_one",
        "missing_one",
        "cut_tail_one",
    ]
