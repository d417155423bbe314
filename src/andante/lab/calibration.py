"""Fits the weights of evidence on simulated clients; `andante.lab.gates` then finds the gates for them.

    python -m andante.lab.calibration            # rewrites the weights in src/andante/weights.json

The tuning families are used here and nowhere for figures; the judging family (`episodes`) is never touched. Weights are
drawn towards what fits cohorts that others made (`andante.lab.outside`): our own idea of how a harm shows is one of several.
"""

from __future__ import annotations

import sys

from andante import weighing
from andante.lab import outside
from andante.lab.fitting import examples, fit_risk
from andante.lab.gates import WEIGHTS, store
from andante.lab.scenarios import TUNING
from andante.lab.simulator import simulate
from andante.risks import NAMES

CLIENTS, SEED = 3000, 11


def between(others: dict[str, float], own: dict[str, float]) -> dict[str, float]:
    """Levels as far apart from each other as half-way between those of others' cohorts and our own, and as high as ours on the whole: how
    much one risk must show beside another is theirs as much as ours."""
    apart = {name: others[name] - own[name] for name in own}
    middle = sum(apart.values()) / len(apart)
    return {name: round(own[name] + (apart[name] - middle) / 2, 3) for name in own}


def main() -> None:
    """Fit all ten and write them to their file."""
    cohorts = (simulate(CLIENTS, family=family, seed=SEED) for family in TUNING)
    sets, others = [examples(cohort.sessions, cohort.truth) for cohort in cohorts], outside.weights()
    found = {name: fit_risk(place, sets, others[name]) for place, name in enumerate(NAMES)}
    for name, level in between(outside.levels(), {name: fit["level"] for name, fit in found.items()}).items():
        found[name]["level"] = level
    document = {
        "origin": f"Logistic regression on simulated clients: families {', '.join(TUNING)}, {CLIENTS} clients each, "
        f"seed {SEED}; drawn towards weights fitted on {outside.cohorts()} cohorts that others simulated (lab/outside.json); "
        "gates by andante.lab.gates. Simulated; not validated on clients.",
        "gates": weighing.gates()._asdict(),
        "risks": found,
    }
    sys.stdout.write(f"wrote {store(document, WEIGHTS)}\n")


if __name__ == "__main__":
    main()
