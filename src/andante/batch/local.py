"""Files and tables on this machine: checked, gathered into whole clients, read.

sessions = intake.files.read_sessions("sessions.csv")     # checked and in time order
reading = local.read(sessions)                            # the reading table
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from andante import flow
from andante.clients import Clients
from andante.intake.files import Sessions
from andante.measures import columns as catalogue_columns
from andante.priors import Norms
from andante.records import COLUMNS


def get_ready() -> None:
    """Load what reading needs, by reading one session of nobody: work for a thread of its own, while the file is opened."""
    measures = catalogue_columns()
    names = [*(column.name for column in COLUMNS if column.kind == "number"), *(measure.name for measure in measures)]
    nobody = pa.table({"client_id": ["nobody"], **{name: [1.0] for name in names}})
    flow.read(Clients.of(nobody, measures=measures))


def read(sessions: Sessions, *, norms: Norms | None = None, details: bool = False) -> flow.Reading:
    """The reading of checked sessions; `details` adds the evidence and the usual bands."""
    return flow.read(Clients.of(sessions.rows, sessions.order, sessions.measures), norms=norms, details=details)


def parts(sessions: Sessions, *, norms: Norms | None = None) -> Iterator[flow.Reading]:
    """The same reading part by part, in order, each as soon as it is there; texts come as categories."""
    return flow.parts(Clients.of(sessions.rows, sessions.order, sessions.measures), norms=norms)
