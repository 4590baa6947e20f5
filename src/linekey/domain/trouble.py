"""Trouble on a wire, to a network element or to a person, answers one question: again, or stop?"""


class Unreachable(Exception):
    """It did not answer, or its store did not: the same call may succeed later."""


class Rejected(Exception):
    """It understood and refused: the same call will fail again, a person must look."""
