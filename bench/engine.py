"""Speed of the engine, as ratios in one run: `python bench/engine.py`.

A million sessions, Parquet to Parquet, by `andante read` (the whole process, start-up included), against what plain
Polars takes to read and sort that input and to read and write tables of the readings' shape (start-up not counted).
The two alternate, and the middle of three rounds is taken. Beside it peak memory, one client in process, and `andante --help`.
The sessions are simulated once and kept in build/.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import andante
from andante.lab.simulator import simulate

ROWS, ROUNDS = 1_000_000, 3
FAMILIES = ("traits", "thresholds")
FOLDER = Path(__file__).resolve().parents[1] / "build"
SESSIONS, READINGS, COPY = (FOLDER / f"bench-{name}.parquet" for name in ("sessions", "readings", "copy"))
WANTED = {"times plain Polars": 3.0, "peak memory, GB": 3.0, "one client, ms": 5.0, "andante --help, s": 0.3}

POLARS = f"""
import time
import polars as pl
start = time.perf_counter()
pl.read_parquet({str(SESSIONS)!r}).sort("client_id", "date", "session")
pl.read_parquet({str(READINGS)!r}).write_parquet({str(COPY)!r})
print(time.perf_counter() - start)
"""


def sessions() -> Path:
    """A million shuffled sessions of simulated clients."""
    if SESSIONS.exists():
        return SESSIONS
    FOLDER.mkdir(exist_ok=True)
    parts: list[pa.Table] = []
    while sum(part.num_rows for part in parts) < ROWS:
        parts.append(simulate(5000, family=FAMILIES[len(parts) % 2], seed=100 + len(parts)).sessions)
        print(f"\rmaking sessions: {sum(part.num_rows for part in parts):,}", end="", flush=True)
    print()
    table = pa.concat_tables(parts, promote_options="default").slice(0, ROWS)
    pq.write_table(table.take(np.random.default_rng(0).permutation(ROWS)), SESSIONS)
    return SESSIONS


def process(*arguments: str | Path) -> tuple[float, float, str]:
    """Wall seconds, peak memory in GB, and output of one process of its own."""
    start = time.perf_counter()
    child = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert child.stdout is not None
    printed = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, arguments
    return time.perf_counter() - start, usage.ru_maxrss / 1e6, printed


def a_million() -> tuple[float, float, float]:
    """Seconds of ours, seconds of plain Polars, peak memory of ours."""
    ours, theirs, memory = [], [], []
    for _ in range(ROUNDS):
        seconds, peak, _ = process("-m", "andante", "read", sessions(), "--out", READINGS)
        ours.append(seconds)
        memory.append(peak)
        theirs.append(float(process("-c", POLARS)[2]))
    return statistics.median(ours), statistics.median(theirs), max(memory)


def one_client(runs: int = 50) -> float:
    """Milliseconds for one client of about twenty sessions, in process, from Arrow to Arrow; the middle of many runs."""
    table = simulate(40, family="traits", seed=5).sessions
    names, counts = np.unique(table["client_id"].to_numpy(zero_copy_only=False), return_counts=True)
    client = names[np.argmin(np.abs(counts - 20))]
    one = table.filter(pa.compute.equal(table["client_id"], client))
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        andante.read(one)
        times.append(time.perf_counter() - start)
    return 1000 * statistics.median(times)


def main() -> int:
    ours, theirs, memory = a_million()
    helping = min(process("-m", "andante", "--help")[0] for _ in range(5))
    found = dict(zip(WANTED, (ours / theirs, memory, one_client(), helping), strict=True))
    print(f"{ROWS:,} sessions, Parquet to Parquet: {ours:.2f} s; plain Polars {theirs:.2f} s\n")
    for name, value in found.items():
        print(f"{name:20} {value:7.2f}   wanted at most {WANTED[name]:g}{'' if value <= WANTED[name] else ', NOT MET'}")
    return 1 if any(value > WANTED[name] for name, value in found.items()) else 0


if __name__ == "__main__":
    sys.exit(main())
