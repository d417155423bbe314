"""A small story as the grid that the instrument works on."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from tests.spec.story import table

from andante.clients import Clients, gather
from andante.events import Events
from andante.history import History, blocks
from andante.measures import columns
from andante.priors import shipped
from andante.usual import Usual


def history(*stories: str) -> History:
    """The history of one client or several, each told as a table; clients are in the order of the stories."""
    told = [table(text, client=f"c{n}") for n, text in enumerate(stories)]
    return next(iter(blocks(Clients(gather(pa.concat_tables(told, promote_options="default")), columns()))))


def usual(*stories: str) -> Usual:
    return Usual(history(*stories), shipped())


def events(*stories: str) -> Events:
    own = history(*stories)
    return Events(own, Usual(own, shipped()))


def first(array: np.ndarray) -> list[float | bool]:
    """The column of the first client."""
    return array[:, 0].tolist()
