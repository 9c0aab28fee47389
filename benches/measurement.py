"""What is measured, and the middle of several rounds."""

import statistics
from dataclasses import dataclass


@dataclass
class Measurement:
    """One workload against one service in one round."""

    rate: float
    p50_ms: float | None = None
    p99_ms: float | None = None
    service_cpu: float | None = None
    postgres_cpu: float | None = None
    start_mib: float | None = None
    peak_mib: float | None = None
    megabytes: float | None = None


def median(rounds):
    def middle(field):
        values = [getattr(one, field) for one in rounds if getattr(one, field) is not None]
        return statistics.median(values) if values else None

    return Measurement(**{field: middle(field) for field in Measurement.__dataclass_fields__})
