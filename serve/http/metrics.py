"""What the service counts, in Prometheus' form. Each service has its own registry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)


class Metrics:
    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        common = {"registry": self.registry}
        self.requests = Counter("transpile_requests", "Replies by route and status", ["route", "status"], **common)
        self.latency = Histogram("transpile_request_seconds", "Time from request to the end of the reply", ["route"], buckets=_SECONDS, **common)
        self.waiting = Gauge("transpile_queue", "Requests that wait for a worker or the engine", **common)
        self.running = Gauge("transpile_running", "Requests that a worker or the engine has", **common)
        self.refused = Counter("transpile_refused", "Requests refused because the queue was full", **common)
        self.left = Counter("transpile_clients_left", "Requests whose client left before the reply", **common)
        self.tokens = Counter("transpile_tokens", "Tokens read by the encoder and written by the decoder", ["kind"], **common)
        self.verdicts = Counter("transpile_verdicts", "Verdicts on functions and candidates", ["status"], **common)
        self.lost = Counter("transpile_workers_lost", "Worker processes that ended on their own", **common)
        self.jobs = Gauge("transpile_jobs", "Jobs by state", ["state"], **common)

    def judged(self, statuses: Iterable[str]) -> None:
        for status in statuses:
            self.verdicts.labels(status).inc()

    def generated(self, tokens: Mapping[str, int]) -> None:
        for kind, number in tokens.items():
            self.tokens.labels(kind).inc(number)

    def text(self) -> bytes:
        return generate_latest(self.registry)
