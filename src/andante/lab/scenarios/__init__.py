"""The families of simulated clients, listed by hand. Each answers the same questions from another idea of how people change.

`episodes` is the judging family: figures are reported from it and nothing is ever tuned on it.
"""

from __future__ import annotations

from andante.errors import UsageError
from andante.lab.scenarios import apart, episodes, habits, loads, regimes, thresholds, traits
from andante.lab.scenarios.family import Family

FAMILIES: tuple[Family, ...] = (
    traits.FAMILY,
    thresholds.FAMILY,
    regimes.FAMILY,
    loads.FAMILY,
    habits.FAMILY,
    apart.FAMILY,
    episodes.FAMILY,
)
FAMILY = {family.name: family for family in FAMILIES}
JUDGING = "episodes"
TUNING = tuple(family.name for family in FAMILIES if family.name != JUDGING)


def family_named(name: str) -> Family:
    """The family of that name. Raises UsageError that lists the names there are."""
    if name not in FAMILY:
        raise UsageError(f"there is no family of simulated clients called {name!r}. To mend it: choose one of {', '.join(FAMILY)}")
    return FAMILY[name]
