"""What a command is made of. Commands are data: to add one, add its row to `cli.table`."""

import re
from dataclasses import dataclass
from enum import Enum, auto


class Kind(Enum):
    TEXT = auto()
    NUMBER = auto()
    FLAG = auto()
    MANY = auto()
    """May be given again and again."""
    SECRET = auto()
    """Asked for without an echo, or read from standard input; never an argument."""
    NEW_SECRET = auto()
    """The same, asked for twice."""
    PAIRS = auto()
    """`name=value` arguments, each a field of its own; without a value the field is null."""


SECRETS = frozenset({Kind.SECRET, Kind.NEW_SECRET})


@dataclass(frozen=True)
class Option:
    name: str
    """Name of the field in the API; on the command line `end_client` is `--end-client`."""
    told: str
    kind: Kind = Kind.TEXT
    choices: tuple[str, ...] = ()
    required: bool = False
    inside: str = ""
    """Object of the body the field is in: its flag begins with that name."""

    @property
    def flag(self) -> str:
        return f"--{self.place.replace('_', '-')}"

    @property
    def place(self) -> str:
        """One name for it among all fields of the body."""
        return f"{self.inside}_{self.name}" if self.inside else self.name


@dataclass(frozen=True)
class Command:
    words: str
    """`services reset`: what is typed behind `linekey`."""
    call: str
    """`POST /api/v1/services/{reference}/reset`. Its places are the arguments, in their order."""
    told: str
    query: tuple[Option, ...] = ()
    body: tuple[Option, ...] = ()
    rows: str = ""
    """Field of the answer that holds a list; `next` beside it leads to the ones behind."""
    cursor: str = "after"
    """Where `next` is sent back."""
    columns: tuple[str, ...] = ()
    """Fields of a row that are shown; `--json` shows all."""
    shown_once: str = ""
    """Field of the answer that is told this once."""
    file: bool = False
    """The answer is a file, and is written as it comes."""
    lines: str = ""
    """Field of the answer that holds objects, written one per line; every part is followed."""
    goes_on: str = ""
    """Sent back as it came, until the answer says `ended`."""
    over: tuple[str, ...] = ()
    """What `state` of the answer is once there is nothing more to see: it is asked for until then."""
    fails: str = ""
    """Field of the answer that is a number of faults: the status is 1 when there are any."""
    about: str = ""
    """Path that is read before asking, to name what the consequence falls on."""
    once: bool = False
    """The call takes a name of the request, and does nothing twice under it."""
    asks: str = ""
    """The consequence, asked for before the call; empty where there is none."""
    done: str = ""
    """What is said afterwards; its places are those of the path, and fields of the answer."""

    @property
    def method(self) -> str:
        return self.call.partition(" ")[0]

    @property
    def path(self) -> str:
        return self.call.partition(" ")[2]

    @property
    def places(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.path)

    @property
    def changes(self) -> bool:
        return self.method != "GET"
