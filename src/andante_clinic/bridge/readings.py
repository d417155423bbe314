"""From the journal to stored readings, and back to any of them: the one place where the clinic asks the instrument.

    with changing(client): ...      lock the client, change the journal, compute both readings anew, all or nothing
    recompute(client)               the same without a change (a new engine version)
    catch_up(clients)               the same for those of whom time alone has told something new
    current(view)                   the stored readings that pages show, in order of time
    reproduce(reading)              compute a stored reading again from its stored inputs

A reading of row n depends on rows 1 to n only, so what is stored per reading is its own row and a hash chained over
all rows before it: `inputs = sha256(before + row)`. Rows that did not change keep their readings; a new version of the
instrument adds its readings beside the old ones.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.db import transaction
from django.db.models import CharField, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils import timezone

import andante
from andante import flow
from andante.clients import gather
from andante.lab.simulator import simulate
from andante.measures import columns as measure_columns
from andante.records import COLUMN, session_schema
from andante_clinic.bridge import tables
from andante_clinic.journal.models import Reading
from andante_clinic.people.models import Client

Read = Callable[[str], list[dict[str, Any]]]
VIEWS: tuple[tables.View, ...] = ("therapist", "client")


@contextmanager
def changing(client: Client) -> Iterator[Client]:
    """Change a client's journal inside; afterwards their readings fit it. Other clients are not touched, nor waited for."""
    with transaction.atomic():
        locked = Client.objects.select_for_update().get(pk=client.pk)
        yield locked
        locked.refresh_from_db()  # the way of working is part of what is read, whichever object it was changed through
        recompute(locked)


@cache
def engine() -> str:
    """Which instrument this is: its version, and a fingerprint of the figures it reads with."""
    return f"{andante.__version__}+{fingerprint(Path(andante.__file__).parent)}"


def fingerprint(folder: Path) -> str:
    """One short word for the figures that stand in files beside the code: norms, weights and levels, the catalogue of measures."""
    files = [folder / "priors.json", folder / "weights.json", *sorted((folder / "measures" / "catalogue").glob("*.json"))]
    sums = [f"{file.name} {hashlib.sha256(file.read_bytes()).hexdigest()}" for file in files]
    return hashlib.sha256("\n".join(sums).encode()).hexdigest()[:8]


def current(view: tables.View = "therapist") -> QuerySet[Reading]:
    """The readings that pages show, in order of time as the rows are: by `day`, of one day by number.

    A number alone is no place in time: an appointment may be moved behind one that has a higher number and is over.
    """
    found = Reading.objects.filter(audience=view, current=True, engine=engine())
    return found.annotate(day=Cast(KT("row__date"), CharField())).order_by("day", "session")


def recompute(client: Client) -> int:
    """Compute the client's readings in both views and store those that are new. Returns how many were."""
    began = timezone.now()
    journal = tables.gather(client)
    read: Read = cache(lambda text: _read(json.loads(text)))  # both views are the same where nothing is private: read once
    new = sum(_recompute(client, view, tables.rows(journal, view), read) for view in VIEWS)
    client.due = tables.due(journal, began)
    client.save(update_fields=["due"])
    return new


def catch_up(clients: Iterable[Client]) -> int:
    """Compute anew, of these clients, those of whom time alone has told something new since. Returns how many those were.

    An appointment that has ended and a check-in that has expired change a reading although nobody changes the record.
    Clients carry the moment at which that happens next, so those of whom there is nothing new cost no query.
    """
    now = timezone.now()
    waiting = [client for client in clients if client.due is not None and client.due <= now]
    for client in waiting:
        with changing(client) as locked:
            pass
        client.due = locked.due
    return len(waiting)


@transaction.atomic
def _recompute(client: Client, view: tables.View, rows: list[tables.Row], read: Read) -> int:
    kept = {r["inputs"]: r for r in Reading.objects.filter(client=client, audience=view, engine=engine()).values("pk", "inputs", "current")}
    chain = list(_chain(rows))
    new = [link for link in chain if link[1] not in kept]
    if new:
        found = read(json.dumps(rows))
        made = [
            _store(client, view, row, inputs, before, found[number])
            for number, (row, inputs, before) in enumerate(chain)
            if inputs not in kept
        ]
        Reading.objects.bulk_create(made)
    now = {inputs for _, inputs, _ in chain}
    gone = [r["pk"] for r in kept.values() if r["current"] and r["inputs"] not in now]
    back = [r["pk"] for r in kept.values() if not r["current"] and r["inputs"] in now]
    if gone:
        Reading.objects.filter(pk__in=gone).update(current=False)
    if back:
        Reading.objects.filter(pk__in=back).update(current=True)
    return len(new)


def _chain(rows: list[tables.Row]) -> Iterator[tuple[tables.Row, str, str]]:
    """Each row with the hash of everything up to it, and the hash before."""
    before = ""
    for row in rows:
        inputs = hashlib.sha256((before + json.dumps(row, sort_keys=True)).encode()).hexdigest()
        yield row, inputs, before
        before = inputs


def _store(client: Client, view: str, row: tables.Row, inputs: str, before: str, found: dict[str, Any]) -> Reading:
    return Reading(
        client=client,
        audience=view,
        session=row["session"],
        stage=_stage(row),
        engine=engine(),
        inputs=inputs,
        before=before,
        row=row,
        **found,
    )


def _stage(row: tables.Row) -> str:
    """How far the row had come: before anything was held, held, or answered afterwards."""
    if any(COLUMN[name].stage == "after" for name in row if name in COLUMN):
        return "after"
    return "held" if "attendance" in row else "pending"


def as_table(rows: list[tables.Row]) -> pa.Table:
    """Rows as the Arrow table of the contract; only columns that some row has."""
    names = list(tables.ordered({name: None for row in rows for name in row}))
    schema = session_schema(names, measure_columns())
    dates = [{**row, "date": datetime.date.fromisoformat(row["date"])} for row in rows]
    return pa.Table.from_pylist(dates, schema=schema)


def _read(rows: list[tables.Row]) -> list[dict[str, Any]]:
    """What the instrument says of these rows, one dict a row: its reading, its details, its bands and its marks."""
    reading = flow.read(gather(as_table(rows)), details=True)
    beside = {"details": reading.details, "bands": reading.bands, "marks": reading.marks}
    found: list[dict[str, Any]] = [{"reading": _plain(row), **{name: [] for name in beside}} for row in reading.readings.to_pylist()]
    place = {row["session"]: number for number, row in enumerate(rows)}
    for name, table in beside.items():
        for row in table.to_pylist():
            found[place[row["session"]]][name].append(_plain(row))
    return found


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row as JSON can hold it: dates as text, nothing for not-a-number; the client's code is not repeated."""
    return {name: _plain_value(value) for name, value in row.items() if name != "client_id"}


def _plain_value(value: Any) -> Any:
    if isinstance(value, float) and math.isnan(value):
        return None
    return value.isoformat() if isinstance(value, datetime.date) else value


def get_ready() -> None:
    """Read a few made-up histories once, so that what the instrument compiles on a new machine is compiled before anyone waits."""
    flow.read(gather(simulate(4, family="thresholds", seed=1).sessions), details=True)


def reproduce(reading: Reading) -> dict[str, Any]:
    """The same reading computed again from its stored inputs, by the engine that runs now.

    Raises LookupError where a row of the chain is missing. Equal to `reading.reading` where the engine is the same.
    """
    return _read(inputs_of(reading))[-1]["reading"]


def inputs_of(reading: Reading) -> list[tables.Row]:
    """The rows that a stored reading was computed from, oldest first."""
    stored = Reading.objects.filter(client=reading.client_id, audience=reading.audience, engine=reading.engine)
    links = {link["inputs"]: link for link in stored.values("inputs", "before", "row")}
    rows, key = [], reading.inputs
    while key:
        if key not in links:
            raise LookupError(f"reading {reading.pk}: the row with inputs {key[:12]} is missing")
        rows.append(links[key]["row"])
        key = links[key]["before"]
    return rows[::-1]
