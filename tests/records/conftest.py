"""The threads of the laws."""

from tests.laws.conftest import committed, in_threads

__all__ = ["committed", "in_threads"]
