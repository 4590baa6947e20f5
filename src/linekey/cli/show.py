"""Answers, on a terminal or in a pipe. What others typed is inert: no name can colour or move anything.

On a terminal a table, as wide as it is; in a pipe a line per row, a tab between columns, no heading.
"""

import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from rich.console import Console


def inert(text: str) -> str:
    """Control characters, marks that turn the direction, halves of characters: shown as what they are."""
    return "".join(_inert(letter) for letter in text)


def _inert(letter: str) -> str:
    if letter.isprintable():
        return letter
    return " " if unicodedata.category(letter) == "Zs" else letter.encode("unicode_escape").decode()


def as_json(value: Any) -> str:
    """The API's own value. Unprintable letters are escaped, as JSON allows anywhere in a text."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return "".join(letter if letter.isprintable() or letter == "\n" else _escaped(letter) for letter in text)


def _escaped(letter: str) -> str:
    return json.dumps(letter)[1:-1]


def told(value: Any) -> str:
    """One value on one line."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(told(each) for each in value) or "–"
    if isinstance(value, dict):
        return ", ".join(f"{inert(str(name))}: {told(each)}" for name, each in value.items()) or "–"
    return inert(str(value))


@dataclass(frozen=True)
class Screen:
    """Where answers go. `terminal` and `colour` are of the standard output."""

    out: TextIO
    err: TextIO
    terminal: bool
    colour: bool
    width: int | None = None
    """Of the terminal; None lets it be found out."""

    def write(self, text: str) -> None:
        self.out.write(f"{text}\n")

    def say(self, text: str) -> None:
        """Talk: beside the answer, never in it."""
        self.err.write(f"{text}\n")

    def rows(self, columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> None:
        if not self.terminal:
            for row in rows:
                self.write("\t".join(_piped(row.get(column)) for column in columns))
            return
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, header_style="bold")
        for column in columns:
            # What it is found by stays in one piece, however narrow the window.
            table.add_column(Text(_heading(column)), overflow="fold", no_wrap=column == columns[0])
        for row in rows:
            table.add_row(*(Text(told(row.get(column))) for column in columns))
        self._draw(table)

    def facts(self, value: dict[str, Any]) -> None:
        if not self.terminal:
            for name, each in value.items():
                self.write(f"{inert(name)}\t{_piped(each)}")
            return
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, show_header=False)
        table.add_column(style="bold", no_wrap=True)
        table.add_column(overflow="fold")
        for name, each in value.items():
            table.add_row(Text(_heading(name)), Text(_lines(each)))
        self._draw(table)

    @contextmanager
    def bar(self, title: str) -> Iterator[Callable[[int, int, str], None]]:
        """What draws how many of how many, and a few words: in a pipe a line whenever that changes."""
        if not self.terminal:
            yield self._line_per_change()
            return
        from rich.progress import BarColumn, Progress, TextColumn

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %", markup=False),
            TextColumn("{task.fields[words]}", markup=False),
        )
        with Progress(*columns, console=self._console()) as progress:
            task = progress.add_task(title, total=None, words="")
            yield lambda through, total, words: progress.update(
                task, completed=through, total=total or None, words=words
            )

    def _line_per_change(self) -> Callable[[int, int, str], None]:
        last: list[tuple[int, int]] = []

        def draw(through: int, total: int, words: str) -> None:
            if last[-1:] != [(through, total)]:
                last.append((through, total))
                self.say(f"{through}/{total}\t{words}")

        return draw

    def _draw(self, table: Any) -> None:
        self._console().print(table)

    def _console(self) -> "Console":
        from rich.console import Console

        return Console(
            file=self.out,
            width=self.width,
            force_terminal=self.colour,
            no_color=not self.colour,
            markup=False,
            emoji=False,
            highlight=False,
        )


def _lines(value: Any) -> str:
    """A list of things, one below the other."""
    whole = isinstance(value, list) and any(isinstance(each, dict) for each in value)
    return "\n".join(map(told, value)) if whole else told(value)


def _piped(value: Any) -> str:
    return "" if value is None or value == "" else told(value)


def _heading(name: str) -> str:
    return inert(name.replace("_", " ").capitalize())
