"""docs/reference/metrics.md tells of every figure that is served, and of no other."""

import re

import pytest
from prometheus_client import CollectorRegistry

from linekey.domain.metrics import METRICS, Sort
from linekey.worker.metrics import Figures
from tests.docs.pages import rows, text_of

PAGE = "docs/reference/metrics.md"


def _served() -> dict[str, tuple[str, tuple[str, ...]]]:
    return {
        metric.name + ("_total" if metric.sort is Sort.COUNTER else ""): (metric.sort.value, metric.labels)
        for metric in METRICS
    }


def test_every_figure_is_told_with_its_labels() -> None:
    told = {
        cells[0].strip("`"): (cells[1], tuple(re.findall(r"`(\w+)`", cells[2])))
        for cells in rows(text_of(PAGE))
    }
    assert told == _served()


@pytest.mark.django_db
def test_what_is_told_is_what_is_served() -> None:
    registry = CollectorRegistry()
    registry.register(Figures())
    served = {
        family.name + ("_total" if family.type == "counter" else ""): family.type
        for family in registry.collect()
    }
    assert served == {name: sort for name, (sort, _) in _served().items()}
