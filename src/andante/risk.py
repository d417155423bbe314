"""Risk, Indicator, Signal: the one interface between a history and the question a risk asks of it.

An indicator is one named piece of evidence. It says how far its threshold is exceeded, session by session, and
nothing about levels: `alerts` alone turns that into `quiet`, `watch` or `act`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from andante.errors import DefinitionError
from andante.words import SOURCES

if TYPE_CHECKING:
    from andante.events import Events
    from andante.history import History
    from andante.usual import Usual

Array = NDArray[np.float64]
