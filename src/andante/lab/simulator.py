"""Makes cohorts of clients with none or one of the ten harms, from a known session on.

    cohort = simulate(3000, family="traits", seed=1)
    cohort.sessions     # the session table, as a service would give it
    cohort.truth        # client_id, harm ("" for none), onset (session number, empty for none)

The head of the laboratory: people, then what the therapist plans, then what the scenario answers, then what the
therapist records, then what is never known. Nothing of how readings are made is used here. Everything is vectorised
over blocks of clients with random numbers of their own, so that client 17 of a family and seed is the same client
in a cohort of 20 and of 20,000 (with the same share of harmless clients).
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from andante.errors import UsageError
from andante.lab import people as lives
from andante.lab import therapy
from andante.lab.climate import Climate, weather
from andante.lab.gaps import thin_out
from andante.lab.harms import HARMS
from andante.lab.people import NEVER, People
from andante.lab.scenarios import family_named
from andante.lab.scenarios.family import Family
from andante.lab.streams import MEASURES, Array, Flags, Whole
from andante.records import COLUMN, COLUMNS

BLOCK = 250  # clients made at once
FIRST_DAY = np.datetime64("2024-01-08")


@dataclass(frozen=True)
class Cohort:
    """`sessions`: one row a scheduled session (canonical columns); `truth`: one row a client."""

    sessions: pa.Table
    truth: pa.Table


def simulate(clients: int, *, family: str, seed: int, harmless: float = 0.5) -> Cohort:
    """A cohort of `clients` of one family; a share `harmless` (0-1) come to no harm, the rest to the ten harms in turn.

    Raises UsageError for an unknown family, no clients, a seed below 0, or a share outside 0-1.
    """
    if clients < 1:
        raise UsageError(f"{clients} clients cannot be simulated. To mend it: ask for 1 or more")
    if seed < 0:
        raise UsageError(f"the seed is {seed}. To mend it: give 0 or more")
    if not 0 <= harmless <= 1:
        raise UsageError(f"the share of harmless clients is {harmless:g}. To mend it: give a share from 0 to 1")
    chosen = family_named(family)
    key = [seed, zlib.crc32(family.encode())]
    climate = weather(chosen.climate, np.random.default_rng([*key, 0]))
    blocks = [_block(chosen, climate, key, number, harmless) for number in range(-(-clients // BLOCK))]
    columns = {name: np.concatenate([b[0][name] for b in blocks])[:clients] for name in blocks[0][0]}
    here = np.concatenate([b[1].here for b in blocks])[:clients]
    harm = np.concatenate([b[1].harm for b in blocks])[:clients]
    onset = np.concatenate([b[1].onset for b in blocks])[:clients]
    ids = pa.array([f"{family}-{seed}-{i:06d}" for i in range(1, clients + 1)])
    truth = pa.table(
        {
            "client_id": ids,
            "harm": pa.array(["" if h < 0 else HARMS[h] for h in harm]),
            "onset": pa.array(onset + climate.first_session, pa.int64(), mask=onset >= NEVER),
        }
    )
    return Cohort(_table(ids, columns, here, climate), truth)


def assign_harms(first: int, count: int, harmless: float) -> Whole:
    """The harm of clients `first` .. `first + count - 1` (-1: none): spread evenly, the ten in turn."""
    number = np.arange(first, first + count)
    harmed_so_far = np.floor((number + 1) * (1 - harmless) + 1e-9).astype(np.int64)
    harmed = harmed_so_far > np.floor(number * (1 - harmless) + 1e-9)
    return np.where(harmed, (harmed_so_far - 1) % len(HARMS), -1).astype(np.int64)


def _block(family: Family, climate: Climate, key: list[int], number: int, harmless: float) -> tuple[dict[str, Array], People]:
    rng = np.random.default_rng([*key, 1, number])
    numbers = np.arange(number * BLOCK, (number + 1) * BLOCK)
    people = lives.draw(assign_harms(number * BLOCK, BLOCK, harmless), numbers, climate, rng)
    work = therapy.plan(people, rng)
    answers = family.answer(people, work, climate, rng)
    record = therapy.record(people, work, answers, climate, rng)
    return thin_out(people, work, answers | record, climate, rng), people


def _table(ids: pa.StringArray, columns: dict[str, Array], here: Flags, climate: Climate) -> pa.Table:
    """Block arrays to the canonical Arrow table: columns in the order of the contract, measures at the end, NaN to empty."""
    rows, sessions = np.nonzero(here)
    out: dict[str, Any] = {
        "client_id": ids.take(rows),
        "session": pa.array(sessions + climate.first_session, pa.int64()),
    }
    day = columns["day"][here]
    if climate.time == "date":
        start = (np.arange(len(ids)) % 180)[rows]
        out["date"] = pa.array((FIRST_DAY + (start + np.floor(day)).astype("timedelta64[D]")).astype("datetime64[D]"))
    else:
        out["day"] = pa.array(day)
    for column in COLUMNS:
        if column.name in columns and column.name not in (*out, "day"):
            values = columns[column.name][here]
            if not np.isnan(values).all():
                out[column.name] = _cells(column.name, values)
    for name in MEASURES:
        if name in columns and not np.isnan(columns[name]).all():
            out[name] = pa.array(columns[name][here], from_pandas=True)
    return pa.table(out)


def _cells(name: str, values: Array) -> Any:
    """One column: numbers as they are, flags from 0/1, codes from their place in the contract, therapists as ids."""
    column, empty = COLUMN[name], np.isnan(values)
    if column.kind == "flag":
        return pa.array(values > 0.5, mask=empty)
    if column.kind == "code":
        return pa.array(np.asarray(column.codes, dtype=object)[np.nan_to_num(values).astype(int)], pa.string(), mask=empty)
    if name == "therapist_id":
        return pa.array([f"t{number:.0f}" for number in values])
    return pa.array(values, pa.float64(), from_pandas=True)
