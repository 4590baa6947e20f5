"""What a stranger is told about cases before there is one: the same for everybody (law 7)."""

from linekey.records import find


def case_wait_hours() -> int:
    """How long a decision usually waits before it takes effect: the operator's own policy."""
    return find.operators_policy().case_wait_hours
