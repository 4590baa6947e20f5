"""What can go wrong, as a sentence, a next step and an exit status. Scripts rely on the statuses."""

from enum import IntEnum


class Exit(IntEnum):
    DONE = 0
    """It was done, or promised."""
    REFUSED = 1
    """The desk said no, or you did."""
    USAGE = 2
    """The command cannot be read, or a value in it."""
    NOT_ALLOWED = 3
    """Not signed in, or the key or the role does not include it."""
    NOT_FOUND = 4
    """Nothing is there under this reference, for you."""
    UNREACHABLE = 5
    """No answer, none that can be trusted, or a fault of the server's."""


class Trouble(Exception):
    def __init__(self, status: Exit, sentence: str, next_step: str = "") -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.next_step = status, sentence, next_step


def status_of(http: int) -> Exit:
    """The exit status of an answer that is a problem."""
    if http >= 500:
        return Exit.UNREACHABLE
    return {
        400: Exit.USAGE,
        401: Exit.NOT_ALLOWED,
        403: Exit.NOT_ALLOWED,
        404: Exit.NOT_FOUND,
    }.get(http, Exit.REFUSED)
