"""Speed of the measures against the R packages, in CPU seconds in this process: `python bench/measures.py`.

Times of the peers, measured on 2 cores of an AMD EPYC, single-threaded (CPU seconds of the R process): suddengains 0.7.2
identify_sg 15.0 ms a client, clinicalsignificance 2.1.0.9000 cs_distribution JT 5.5 us and HLM 900 us a client at 20,000, lme4
1.1-31 3.45 s for 20,000 clients and 0.31 s for 2,000. Here: the same questions on made-up data of the same shape,
20,000 clients, from arrays in memory to the finished table. The least of several runs; CPU seconds of all
threads together.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np

from andante.measures.change import assess_change
from andante.measures.growth import fit_growth
from andante.measures.pairs import pair_columns, pair_rows
from andante.measures.significance import Population
from andante.measures.slopes import assess_slopes
from andante.measures.sudden import Rules, find_sudden

CLIENTS = 20_000
PEERS = {"sudden": 15.0e-3, "change": 5.5e-6, "hlm": 900e-6}  # CPU seconds a client
WANTED = {"sudden": 1000.0, "change": 20.0, "hlm": 100.0}
LME4 = {2_000: 0.310, 20_000: 3.449}  # CPU seconds


def least(work: Callable[[], object], runs: int = 25) -> float:
    """The least CPU seconds of some runs."""
    times = []
    for _ in range(runs):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def scores_by_session(clients: int = CLIENTS, sessions: int = 12) -> np.ndarray:
    """A grid of falling scores of 0 to 63, some missing."""
    rng = np.random.default_rng(1)
    level = rng.normal(28, 8, (clients, 1)) - rng.gamma(2, 0.8, (clients, 1)) * np.arange(sessions)
    grid = np.clip(np.rint(level + rng.normal(0, 4, (clients, sessions))), 0, 63)
    grid[rng.random(grid.shape) < 0.08] = np.nan
    return grid


def cohort(clients: int) -> tuple[np.ndarray, ...]:
    """Long data for the growth model: client, log session, score, first score; 4 to 20 sessions each."""
    rng = np.random.default_rng(2)
    count = rng.integers(4, 21, clients)
    who = np.repeat(np.arange(clients), count)
    session = np.arange(len(who)) - np.repeat(np.cumsum(count) - count, count) + 1
    intake, x = rng.normal(20, 5, clients), np.log(session)
    u = rng.multivariate_normal([0, 0], [[6.25, -1.5], [-1.5, 2.3]], clients)
    score = 3 + 0.85 * intake[who] + u[who, 0] + (-0.5 - 0.12 * intake[who] + u[who, 1]) * x + rng.normal(0, 2.2, len(who))
    return who, x, score, intake


def run() -> dict[str, tuple[float, float, float]]:
    """Name: our CPU seconds a client, the peer's, how many times faster."""
    grid = scores_by_session()
    ids = [f"c{i:05d}" for i in range(CLIENTS)]
    numbers = np.arange(CLIENTS)
    labels = [f"s{i}" for i in range(1, 13)]
    pre, post = grid[:, 0], grid[:, -1]
    healthy = Population(8, 6)
    long_ids, long_times = np.repeat(numbers, 2), np.tile([0, 1], CLIENTS)
    long_texts = np.repeat(np.array(ids, dtype=object), 2)
    long_scores = np.stack([pre, post], axis=1).ravel()
    wave_ids, waves = np.repeat(numbers, 5), np.tile(np.arange(5), CLIENTS)
    wave_scores = grid[:, :5].ravel()
    rules = Rules(cutoff=7)

    ours = {
        "sudden gains and losses, table": ("sudden", least(lambda: find_sudden(grid, ids=ids, labels=labels, rules=rules).table())),
        "change JT, wide, table": ("change", least(lambda: assess_change(pair_columns(numbers, pre, post), reliability=0.85).table())),
        "change JT, long, table": (
            "change",
            least(lambda: assess_change(pair_rows(long_ids, long_times, long_scores, pre=0, post=1), reliability=0.85).table()),
        ),
        "change JT and cut-off c, long, table": (
            "change",
            least(
                lambda: assess_change(
                    pair_rows(long_ids, long_times, long_scores, pre=0, post=1), reliability=0.85, functional=healthy
                ).table()
            ),
        ),
        "change JT, long, ids as texts, table": (
            "change",
            least(lambda: assess_change(pair_rows(long_texts, long_times, long_scores, pre=0, post=1), reliability=0.85).table()),
        ),
        "change HLM, five waves, table": ("hlm", least(lambda: assess_slopes(wave_ids, waves, wave_scores).table(), 10)),
    }
    return {name: (seconds / CLIENTS, PEERS[kind], PEERS[kind] * CLIENTS / seconds) for name, (kind, seconds) in ours.items()}


def main() -> int:
    print(f"{CLIENTS} clients, CPU seconds in this process, least of several runs\n")
    slow = 0
    for name, (mine, theirs, times) in run().items():
        kind = "sudden" if name.startswith("sudden") else "hlm" if "HLM" in name else "change"
        slow += times < WANTED[kind]
        met = f"wanted {WANTED[kind]:,.0f}" + ("" if times >= WANTED[kind] else ", NOT MET")
        print(f"{name:42} {mine * 1e6:8.3f} us a client, peer {theirs * 1e6:8.1f}: {times:7,.0f} times faster ({met})")
    for clients, theirs in LME4.items():
        data = cohort(clients)
        seconds = least(lambda data=data: fit_growth(*data), 10)
        slow += seconds > theirs
        name = f"growth model, {clients:,} clients"
        print(f"{name:42} {seconds:8.3f} s, lme4 {theirs:8.3f}: {theirs / seconds:7.1f} times faster (wanted 1)")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
