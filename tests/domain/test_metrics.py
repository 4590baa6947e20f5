"""What monitoring is told: names it can rely on, and nothing that grows with the number of customers."""

import re
from itertools import pairwise

import pytest

from linekey.domain import metrics
from linekey.domain.metrics import METRICS, Metric

BOUNDED = {"verb", "kind", "mode", "state", "result", "crew", "element", "role", "site", "seal"}


def test_every_figure_is_in_the_list_once() -> None:
    made = [value for value in vars(metrics).values() if isinstance(value, Metric)]
    assert sorted(made, key=str) == sorted(METRICS, key=str)
    assert len({each.name for each in METRICS}) == len(METRICS)


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_figure_is_named_as_prometheus_wants_it_and_by_no_customer(metric: Metric) -> None:
    assert re.fullmatch(r"linekey(_[a-z]+)+", metric.name)
    assert set(metric.labels) <= BOUNDED, "a label of a tenant, a person or a service has millions of values"
    assert metric.told.endswith(".")


def test_a_change_within_the_promised_tenth_of_a_second_is_told_from_a_later_one() -> None:
    assert metrics.BUCKETS[0] == 0.1
    assert all(less < more for less, more in pairwise(metrics.BUCKETS))
