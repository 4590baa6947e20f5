"""How much of everything a number of lines asks for: the arithmetic behind docs/reference/capacity.md.

Prices are what `python -m bench costs` and its neighbours showed; habits are what a network does all day.
Whoever has other ones writes them here: `python -m tests.docs` puts the tables of the page right.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

KIB = 1024
SIZES = tuple(10**power for power in range(3, 9))


@dataclass(frozen=True, slots=True)
class Prices:
    """On PostgreSQL, the dearer of the two engines. Processor time is of one core, of all that take part."""

    register_us: float = 43
    """processor time of a REGISTER, answered by Kamailio from its own table"""
    access_request_us: float = 200
    """processor time of an Access-Request, answered by FreeRADIUS from its own table"""
    phone_bytes: float = 1050
    """shared memory of Kamailio for a phone that is registered; 1,320 without `-x fm`"""
    change_ms: float = 20
    """processor time of a change, from the request until it is settled: pages, worker, database"""
    sign_in_ms: float = 25
    """processor time of a sign-in, of which the hash of the password takes four fifths"""
    read_ms: float = 1.5
    """processor time of a call of the API which only reads"""
    line_kib: float = 2
    """a line in the desk's database, with what the search knows of it and its first password"""
    change_kib: float = 5.9
    """what a change leaves there for good: version, promises, trail"""
    change_log_kib: float = 19
    """what a change writes into the database's log, which standbys receive and archives keep"""
    registrar_line_kib: float = 0.36
    """a line in a registrar's tables"""
    campaign_lines_per_s: float = 1500
    """what one worker turns in a campaign, Kamailio included"""
    chained_per_s: float = 22_000
    """entries of the audit trail that are chained"""
    indexed_per_s: float = 5700
    """services whose search words are made anew"""
    restored_rows_per_s: float = 17_000
    """rows that `linekey restore` brings back, with the search made anew"""
    search_p99_ms: float = 13.5
    """p99 of a search among a million services, in the database"""
    copied_per_s: float = 20_000
    """changes a site applies when it catches up"""


@dataclass(frozen=True, slots=True)
class Habits:
    register_every: float = 1800
    """Seconds. A phone registers anew after half of the hour it was given."""
    registers: float = 2
    """Each time: a challenge, and its answer. Phones that keep their nonce need one."""
    storm: float = 300
    """Seconds in which everybody comes back after a power cut."""
    accesses: float = 0.25
    """PPPoE accesses for each line."""
    changes: float = 2
    """Of each line, a year: by people, programs and deadlines."""
    sign_ins: float = 4
    reads: float = 40
    answered: float = 0.1
    """Of all lines, somebody signs in within two hours of a letter to everybody."""
    busiest: float = 1 / (250 * 8) * 2
    """The busiest hour's part of a year: twice the average one of 250 days of eight hours."""
    kept_years: float = 5
    line_rows: float = 3
    """Rows of a line that a backup holds: the service, the line, its first password."""
    change_rows: float = 7
    """And of each change."""
    at_work: float = 0.6
    """A core is not planned to do more than this part of what it can."""
    shard: int = 5_000_000
    """Lines of one desk, at most."""


@dataclass(frozen=True, slots=True)
class Load:
    lines: int
    prices: Prices = Prices()
    habits: Habits = Habits()

    @property
    def registers(self) -> float:
        """A second, on an ordinary day."""
        return self.lines * self.habits.registers / self.habits.register_every

    @property
    def storm(self) -> float:
        """REGISTERs a second after a power cut."""
        return self.lines * self.habits.registers / self.habits.storm

    @property
    def registrar_cores(self) -> int:
        """So that a storm is answered as it comes."""
        return self._cores(self.storm * self.prices.register_us / 1e6)

    @property
    def registrar_memory(self) -> float:
        """Bytes."""
        return self.lines * self.prices.phone_bytes

    @property
    def access_cores(self) -> int:
        asked = self.lines * self.habits.accesses / self.habits.storm
        return self._cores(asked * self.prices.access_request_us / 1e6)

    @property
    def changes(self) -> float:
        """A second, in the busiest hour."""
        return self._busiest(self.habits.changes)

    @property
    def desk_cores(self) -> int:
        """Pages, workers and database, in the busiest hour."""
        spent = (
            self.changes * self.prices.change_ms
            + self._busiest(self.habits.sign_ins) * self.prices.sign_in_ms
            + self._busiest(self.habits.reads) * self.prices.read_ms
        )
        return self._cores(spent / 1000)

    @property
    def letter(self) -> float:
        """Sign-ins a second after a letter to everybody: a leak in the news, a campaign by links."""
        return self.lines * self.habits.answered / 7200

    @property
    def letter_cores(self) -> int:
        return self._cores(self.letter * self.prices.sign_in_ms / 1000)

    @property
    def desk_bytes(self) -> float:
        """Its database, after the years that are kept."""
        history = self.habits.changes * self.habits.kept_years * self.prices.change_kib
        return self.lines * (self.prices.line_kib + history) * KIB

    @property
    def log_bytes(self) -> float:
        """Of the database, a day."""
        return self.lines * self.habits.changes / 365 * self.prices.change_log_kib * KIB

    @property
    def registrar_bytes(self) -> float:
        return self.lines * self.prices.registrar_line_kib * KIB

    @property
    def campaign_seconds(self) -> float:
        """Every line has a new password, by one worker a desk."""
        return self._of_a_desk / self.prices.campaign_lines_per_s

    @property
    def restore_seconds(self) -> float:
        """By `linekey restore`, after the years that are kept."""
        history = self.habits.changes * self.habits.kept_years * self.habits.change_rows
        rows = self._of_a_desk * (self.habits.line_rows + history)
        return rows / self.prices.restored_rows_per_s

    @property
    def search_ms(self) -> float:
        """p99, if it grew as the services of a desk do: more than it will, most lists of words end early."""
        return self.prices.search_p99_ms * max(1.0, self._of_a_desk / 1e6)

    @property
    def indexing_seconds(self) -> float:
        return self._of_a_desk / self.prices.indexed_per_s

    @property
    def first_copy_seconds(self) -> float:
        """A new site has the passwords."""
        return self._of_a_desk / self.prices.copied_per_s

    @property
    def desks(self) -> int:
        return math.ceil(self.lines / self.habits.shard)

    @property
    def _of_a_desk(self) -> int:
        return min(self.lines, self.habits.shard)

    def _busiest(self, a_year: float) -> float:
        return self.lines * a_year * self.habits.busiest / 3600

    def _cores(self, needed: float) -> int:
        return max(1, math.ceil(needed / self.habits.at_work))


ROWS: tuple[tuple[str, Callable[[Load], str]], ...] = (
    ("REGISTER/s, on any day", lambda load: _number(load.registers)),
    ("REGISTER/s, after a power cut", lambda load: _number(load.storm)),
    ("cores for registrars", lambda load: _number(load.registrar_cores)),
    ("shared memory for phones", lambda load: _bytes(load.registrar_memory)),
    ("cores for access servers", lambda load: _number(load.access_cores)),
    ("changes/s, in the busiest hour", lambda load: _number(load.changes)),
    ("cores for the desk, in the busiest hour", lambda load: _number(load.desk_cores)),
    ("sign-ins/s, after a letter to everybody", lambda load: _number(load.letter)),
    ("cores for them", lambda load: _number(load.letter_cores)),
    ("the desk's database, after five years", lambda load: _bytes(load.desk_bytes)),
    ("its log, a day", lambda load: _bytes(load.log_bytes)),
    ("the registrars' tables, each copy", lambda load: _bytes(load.registrar_bytes)),
    ("desks", lambda load: _number(load.desks)),
    ("every password of a desk turned", lambda load: _time(load.campaign_seconds)),
    ("its backup restored by `linekey restore`", lambda load: _time(load.restore_seconds)),
    ("search of a desk, p99 at worst", lambda load: f"{_number(load.search_ms)} ms"),
    ("its search made anew", lambda load: _time(load.indexing_seconds)),
    ("its first copy to a new site", lambda load: _time(load.first_copy_seconds)),
)


def needs() -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Head and rows: what each power of ten asks for."""
    loads = [Load(lines) for lines in SIZES]
    head = ("Lines", *(f"{lines:,}" for lines in SIZES))
    return head, [(told, *(of(load) for load in loads)) for told, of in ROWS]


def price(name: str, figure: float) -> str:
    """A figure of `Prices`, with the unit its name ends in."""
    for ending, unit in _UNITS.items():
        if name.endswith(ending):
            return f"{figure:,g} {unit}"
    raise KeyError(name)


_UNITS = {"_us": "µs", "_ms": "ms", "_kib": "KiB", "_bytes": "bytes", "_per_s": "/s"}


def _number(value: float) -> str:
    """Two digits that count, and no more: it is a model."""
    if value >= 100:
        digits = 10 ** (math.floor(math.log10(value)) - 1)
        return f"{round(value / digits) * digits:,.0f}"
    return f"{value:.2g}"


def _bytes(value: float) -> str:
    for unit in ("KiB", "MiB", "GiB"):
        value /= 1024
        if value < 1000:
            return f"{_number(value)} {unit}"
    return f"{_number(value / 1024)} TiB"


def _time(seconds: float) -> str:
    for unit, most in (("s", 120), ("min", 7200), ("h", math.inf)):
        if seconds < most:
            return f"{_number(seconds / {'s': 1, 'min': 60, 'h': 3600}[unit])} {unit}"
    raise AssertionError(seconds)
