"""Find a customer ID that nobody has. Inside the transaction of another use-case."""

from collections.abc import Callable

from linekey.domain import customer_ids
from linekey.records.models import Person


def free(wanted: str, *, draw: Callable[[str], str] = customer_ids.draw) -> str:
    """`wanted` unless it is taken, else another of the same suffix."""
    while Person.objects.filter(customer_id=wanted).exists():
        wanted = draw(customer_ids.suffix_of(wanted))
    return wanted


def drawn(suffix: str) -> str:
    return free(customer_ids.draw(suffix))
