"""The one type a secret in clear may live in. Printing, logging or pickling it shows nothing."""

from typing import NoReturn


class Secret:
    """A secret in clear, on its way between a person, the safe and a network element.

    `reveal()` is the only way out, so that every place that reads a secret can be found with grep.
    """

    __slots__ = ("_clear",)

    def __init__(self, clear: str) -> None:
        self._clear = clear

    def reveal(self) -> str:
        return self._clear

    def __repr__(self) -> str:
        return "Secret(••••)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return "••••"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._clear == other._clear

    def __hash__(self) -> int:
        return hash((Secret, self._clear))

    def __len__(self) -> int:
        return len(self._clear)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret cannot be pickled")
