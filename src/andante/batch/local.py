"""Files and tables on this machine: checked, gathered into whole clients, read.

sessions = intake.files.read_sessions("sessions.csv")     # checked and in time order
reading = local.read(sessions)                            # the reading table
"""

from __future__ import annotations

from collections.abc import Iterator

from andante import flow
from andante.history import gather
from andante.intake.files import Sessions
from andante.priors import Norms


def read(sessions: Sessions, *, norms: Norms | None = None, details: bool = False) -> flow.Reading:
    """The reading of checked sessions; `details` adds the evidence and the usual bands."""
    return flow.read(
        gather(sessions.rows, ordered=sessions.order is None, order=sessions.order),
        measures=sessions.measures,
        norms=norms,
        details=details,
    )


def parts(sessions: Sessions, *, norms: Norms | None = None) -> Iterator[flow.Reading]:
    """The same reading part by part, in order, each as soon as it is there; texts come as categories."""
    return flow.parts(gather(sessions.rows, ordered=sessions.order is None, order=sessions.order), measures=sessions.measures, norms=norms)
