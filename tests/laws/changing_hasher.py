"""The desk's hasher, during which something happens: handed to Django by its settings."""

from collections.abc import Callable

from linekey.vault.hasher import Argon2id

_next: list[Callable[[], object]] = []


def then(happens: Callable[[], object]) -> None:
    """Once, right after the next password was compared."""
    _next[:] = [happens]


class ChangingHasher(Argon2id):
    def verify(self, password: str, encoded: str) -> bool:
        matches = super().verify(password, encoded)
        while _next:
            _next.pop()()
        return matches
