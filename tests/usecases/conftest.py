"""Threads, for what must happen once however many ask at once."""

from tests.laws.conftest import committed, in_threads

__all__ = ["committed", "in_threads"]
