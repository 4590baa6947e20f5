"""What an import tells: a file with a line per row, and a line on the terminal while it works."""

import csv
import io
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn
from rich.progress import TimeRemainingColumn as TimeLeft
from rich.text import Text

from linekey.domain.imported import Told
from linekey.domain.inert import cell

COLUMNS = ("place", "name", "outcome", "code", "organisation", "reference", "what to do")
BOM = "\ufeff"


class Report:
    """CSV as spreadsheets open it in France, readable by its owner alone: it names every customer.

    Raises OSError for a file that cannot be written.
    """

    def __init__(self, path: str) -> None:
        self._file: io.TextIOWrapper | None = None
        if path:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            self._file = os.fdopen(handle, "w", encoding="utf-8", newline="")
            os.fchmod(handle, 0o600)  # A file which stood there before keeps its mode.
            self._file.write(BOM)
            self._write(COLUMNS)

    def write(self, told: Sequence[Told]) -> None:
        for each in told:
            words = " ".join(each.sentences)
            code = " ".join([*([each.reason] if each.reason else []), *each.notes])
            self._write((each.place, each.name, each.outcome, code, each.organisation, each.reference, words))

    def _write(self, values: Sequence[str]) -> None:
        if self._file is not None:
            csv.writer(self._file, delimiter=";").writerow([cell(value) for value in values])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.finished_speed or task.speed or 0:.0f} rows/s")


@contextmanager
def progress(total: int, *, shown: bool, doing: str = "Importing") -> Iterator[Callable[[int], None]]:
    """A bar with rate and time left, on a terminal; what is yielded is told how many rows were done."""
    console = Console(stderr=True)
    columns = (TextColumn(doing), BarColumn(), MofNCompleteColumn(), _Rate(), TimeLeft())
    disable = not (shown and console.is_terminal)
    with Progress(*columns, console=console, transient=True, disable=disable) as bar:
        task = bar.add_task("", total=total)
        yield lambda rows: bar.advance(task, rows)
