"""The ten risks, listed by hand in the order in which they are asked.

The order matters: a fact votes once, in the first risk of this list that it belongs to.
"""

from andante.risk import Risk
from andante.risks import (
    boundaries,
    disengagement,
    distress,
    ethics,
    experience,
    integration,
    regression,
    retraumatization,
    trust,
    unfinished,
)

RISKS: tuple[Risk, ...] = (
    distress.RISK,
    retraumatization.RISK,
    disengagement.RISK,
    trust.RISK,
    integration.RISK,
    boundaries.RISK,
    experience.RISK,
    regression.RISK,
    unfinished.RISK,
    ethics.RISK,
)
NAMES: tuple[str, ...] = tuple(risk.name for risk in RISKS)
