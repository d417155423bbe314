"""Family "apart": people of four other families who are further apart from each other, and steadier within themselves.

What is low for one is high for another, and a small step away from one's own level means much: no cut-off that spares the
harmless finds many of the harmed. Cohorts that others made from the session table alone, to be as hard for fixed
cut-offs as they are for a clinic's, turned out like this. Everything is ours, uncalibrated.
"""

from __future__ import annotations

from dataclasses import replace

from andante.lab.scenarios import traits
from andante.lab.scenarios.family import Family
from andante.lab.scenarios.habits import Manner, answering

MANNER = Manner(own=0.5, tails=6, house=0.2, steady=0.85, restless=0.25)

CLIMATE = replace(traits.CLIMATE, size=(3.1, 5.5))

FAMILY = Family("apart", CLIMATE, answering(MANNER))
