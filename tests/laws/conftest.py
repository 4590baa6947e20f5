"""Threads of their own, each with its own database connection, and a world whose commits others see."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
from django.db import connections
from django.utils import timezone

from tests.build import Cast, build_cast

T = TypeVar("T")
InThreads = Callable[..., list[T]]


@pytest.fixture
def committed(transactional_db: None) -> Cast:
    """The cast, committed: other connections see them, and they change with the clock of now."""
    return build_cast(timezone.now())


@pytest.fixture
def in_threads() -> Iterator[Callable[[list[Callable[[], T]]], list[T]]]:
    """Run each work at once in a thread; what they returned, in order. What one raises is raised here."""

    def closing(work: Callable[[], T]) -> T:
        try:
            return work()
        finally:
            connections.close_all()

    def run(works: list[Callable[[], T]]) -> list[T]:
        with ThreadPoolExecutor(len(works)) as pool:
            return [future.result(60) for future in [pool.submit(closing, work) for work in works]]

    yield run
