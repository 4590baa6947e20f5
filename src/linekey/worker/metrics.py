"""`/metrics` for Prometheus, at an address of its own: figures of the database, whichever worker is asked.

Beside it whether this worker is alive and ready (`health`). Off unless LINEKEY_METRICS_ADDRESS says where.
It tells no secret and no name, and is still nobody else's business: keep it on loopback, or in the network of
the monitoring.
"""

import logging
from collections.abc import Iterable, Iterator
from socketserver import ThreadingMixIn
from threading import Event, Thread
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone
from prometheus_client import CollectorRegistry, make_wsgi_app
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
from linekey.worker.health import Health
from linekey.worker.rounds import Rounds

log = logging.getLogger("linekey.metrics")

CREWS = {"network": TO_NETWORK, "people": TO_PEOPLE, "programs": TO_PROGRAMS}
EVERY_SECONDS = 15.0


def run(address: tuple[str, int], rounds: Rounds, stop: Event) -> None:
    """Serve and count until `stop`. Of several workers on one machine the first has the address."""
    registry = CollectorRegistry()
    registry.register(Served())
    try:
        server = make_server(*address, Health(make_wsgi_app(registry), rounds.missing), _Server, _Silent)
    except OSError as trouble:
        log.warning("no metrics at %s:%d: %s", *address, type(trouble).__name__)
        return
    thread = Thread(target=server.serve_forever)
    thread.start()
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


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    """Whoever asks and does not listen keeps the worker from nothing."""


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """It is asked every few seconds."""
