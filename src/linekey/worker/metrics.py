"""`/metrics` for Prometheus, at an address of its own: figures of the database, whichever worker is asked.

Off unless LINEKEY_METRICS_ADDRESS says where. It tells no secret and no name, and is still nobody else's
business: keep it on loopback, or in the network of the monitoring.
"""

import logging
from collections.abc import Iterable, Iterator
from threading import Event

from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from linekey.domain import metrics as told
from linekey.domain.metrics import METRICS, Sort
from linekey.enact.table import TO_NETWORK, TO_PEOPLE, TO_PROGRAMS
from linekey.records import metrics
from linekey.records.metrics import Sample

log = logging.getLogger("linekey.metrics")

CREWS = {"network": TO_NETWORK, "people": TO_PEOPLE, "programs": TO_PROGRAMS}
EVERY_SECONDS = 15.0


def run(address: tuple[str, int], stop: Event) -> None:
    """Serve and count until `stop`. Of several workers on one machine the first has the address."""
    registry = CollectorRegistry()
    registry.register(Served())
    try:
        server, thread = start_http_server(address[1], address[0], registry)
    except OSError as trouble:
        log.warning("no metrics at %s:%d: %s", *address, type(trouble).__name__)
        return
    try:
        turn()
        while not stop.wait(EVERY_SECONDS):
            turn()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        connection.close()


def turn() -> None:
    try:
        metrics.count(now=timezone.now())
    except (DatabaseError, InterfaceError) as trouble:
        log.warning("database unreachable, counting later: %s", type(trouble).__name__)
        connection.close()


class Figures(Collector):
    """Everything, read when it is asked for."""

    def describe(self) -> Iterable[Metric]:
        """Nothing before the first scrape: the database may still be away."""
        return []

    def collect(self) -> Iterator[Metric]:
        totals = metrics.totals()
        standing = list(metrics.standing({**CREWS}, now=timezone.now()))
        for metric in METRICS:
            if metric.sort is Sort.GAUGE:
                yield _gauge(metric, [sample for sample in standing if sample.metric is metric])
            elif metric.sort is Sort.COUNTER:
                yield _counter(metric, totals.get(metric.name, {}))
            else:
                yield _histogram(metric, totals.get(metric.name, {}))


class Served(Figures):
    """In a thread of the server's, whose connection to the database is its own."""

    def collect(self) -> Iterator[Metric]:
        try:
            yield from super().collect()
        finally:
            connection.close()


def _gauge(metric: told.Metric, samples: Iterable[Sample]) -> Metric:
    family = GaugeMetricFamily(metric.name, metric.told, labels=metric.labels)
    for sample in samples:
        family.add_metric(sample.labels, sample.value)
    return family


def _counter(metric: told.Metric, found: dict[str, float]) -> Metric:
    family = CounterMetricFamily(metric.name, metric.told, labels=metric.labels)
    for labels, value in found.items():
        family.add_metric(labels.split(" "), value)
    return family


def _histogram(metric: told.Metric, found: dict[str, float]) -> Metric:
    family = HistogramMetricFamily(metric.name, metric.told, labels=metric.labels)
    for kind in dict.fromkeys(labels.partition(" ")[0] for labels in found):
        edges = [*(str(edge) for edge in told.BUCKETS), "+Inf"]
        buckets = [(edge, found.get(f"{kind} {edge}", 0.0)) for edge in edges]
        family.add_metric([kind], buckets, sum_value=found.get(f"{kind} sum", 0.0))
    return family
