"""Whole clients from rows that lie anyhow: in pieces, sliced, with gaps, as categories; always the same clients."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

import andante.clients
from andante import flow
from andante.clients import FEW, Clients, gather
from andante.history import blocks

NO = float("nan")
ROWS = pa.table(
    {
        "client_id": ["b", "a", "a", "b", "c"],
        "session": [2, 1, 2, 1, 1],
        "after_heard": pa.array([9.0, None, 6.5, 8.0, None], pa.float64()),
        "attendance": pa.array(["late", "missed", None, "attended", "attended"], pa.string()),
        "consent": pa.array([True, None, False, None, True], pa.bool_()),
    }
)
ORDER = np.array([1, 2, 3, 0, 4])

HEARD = [NO, 6.5, 8.0, 9.0, NO]
ATTENDANCE = [4, NO, 0, 1, 0]  # places in the contract's list: attended 0, late 1, missed 4
CONSENT = [NO, 0, NO, 1, 1]


@pytest.fixture(params=["few rows", "many rows"])
def table_size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The columns of few rows are opened in another way than those of many."""
    if request.param == "many rows":
        monkeypatch.setattr(andante.clients, "FEW", 0)


def values(clients: Clients, name: str) -> np.ndarray:
    """A column of all rows, one client after the other."""
    return clients.grids(np.arange(clients.rows)[None])[name][0]


def in_pieces(table: pa.Table) -> pa.Table:
    return pa.concat_tables([table.slice(0, 2), table.slice(2, 2), table.slice(4, 1)])


def with_bits_that_begin_elsewhere(table: pa.Table) -> pa.Table:
    return pa.concat_tables([table.slice(3, 1), table]).combine_chunks().slice(1)


def as_categories(table: pa.Table) -> pa.Table:
    for name in ("client_id", "attendance"):
        table = table.set_column(table.schema.get_field_index(name), name, table[name].dictionary_encode())
    return table


def with_categories_of_each_piece(table: pa.Table) -> pa.Table:
    pieces = [as_categories(table.slice(start, length)) for start, length in ((0, 2), (2, 2), (4, 1))]
    return pa.Table.from_batches([batch for piece in pieces for batch in piece.to_batches()])


@pytest.mark.usefixtures("table_size")
@pytest.mark.parametrize(
    "shape", [lambda table: table, in_pieces, with_bits_that_begin_elsewhere, as_categories, with_categories_of_each_piece]
)
def test_rows_are_the_same_clients_however_they_lie(shape) -> None:
    clients = Clients.of(shape(ROWS), ORDER)
    assert clients.ids.to_pylist() == ["a", "b", "c"]
    assert clients.offsets.tolist() == [0, 2, 4, 5]
    np.testing.assert_array_equal(values(clients, "after_heard"), HEARD)
    np.testing.assert_array_equal(values(clients, "attendance"), ATTENDANCE)
    np.testing.assert_array_equal(values(clients, "consent"), CONSENT)
    assert clients.flat("session").to_pylist() == [1, 2, 1, 2, 1]


@pytest.mark.usefixtures("table_size")
def test_rows_in_order_need_no_order() -> None:
    own = ROWS.take(pa.array(ORDER))
    np.testing.assert_array_equal(values(Clients.of(own), "after_heard"), HEARD)
    np.testing.assert_array_equal(values(Clients(gather(ROWS)), "after_heard"), HEARD)


@pytest.mark.usefixtures("table_size")
def test_a_part_has_its_own_clients_and_no_others() -> None:
    part = Clients.of(ROWS, ORDER).part(1, 2)
    assert (part.ids.to_pylist(), part.offsets.tolist(), len(part), part.rows) == (["b"], [0, 2], 1, 2)
    assert values(part, "after_heard").tolist() == [8.0, 9.0]
    assert part.flat("session").to_pylist() == [1, 2]
    assert values(part.part(0, 1), "attendance").tolist() == [0, 1]


def test_many_rows_are_the_same_as_few() -> None:
    """From some size on columns are put in order by several threads."""
    clients, sessions = 1500, 20
    ids = np.repeat([f"c{k:04d}" for k in range(clients)], sessions)
    heard = np.arange(clients * sessions) % 11.0
    order = np.random.default_rng(0).permutation(len(ids))
    back = np.argsort(order)
    rows = pa.table({"client_id": ids[order], "after_heard": np.where(heard == 3, NO, heard)[order]})
    rows = rows.set_column(1, "after_heard", pa.array(rows["after_heard"].to_numpy(), from_pandas=True))
    found = Clients.of(rows, back)
    np.testing.assert_array_equal(values(found, "after_heard"), np.where(heard == 3, NO, heard))
    assert len(found) == clients


@pytest.mark.usefixtures("table_size")
def test_a_grid_knows_codes_and_flags_as_numbers() -> None:
    grid = next(iter(blocks(Clients.of(ROWS, ORDER))))
    np.testing.assert_array_equal(grid["attendance"], [[4, 0, 0], [NO, 1, NO]])
    np.testing.assert_array_equal(grid["consent"], [[NO, NO, 1], [0, 1, NO]])


def test_a_small_last_part_of_a_long_table_is_not_read_cell_by_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    """The columns of the whole table would be: with a million rows that takes as long as all the rest."""
    rows = pa.table({"client_id": [f"c{k:03d}" for k in range(FEW + 1)], "after_heard": [7.0] * (FEW + 1)})
    monkeypatch.setattr(Clients, "_stack", lambda self: pytest.fail("cell by cell"))
    last = Clients.of(rows).part(FEW, FEW + 1)
    assert next(iter(blocks(last)))["after_heard"].tolist() == [[7.0]]


@pytest.mark.parametrize("lengths", [[0, 0], [0, 3], [2, 0, 1]])
def test_who_has_no_session_has_no_reading(lengths: list[int]) -> None:
    lists = pa.array([[8.0] * n for n in lengths], pa.list_(pa.float64()))
    clients = pa.table({"client_id": [f"c{k}" for k in range(len(lengths))], "after_heard": lists})
    read = flow.read(clients, details=True)
    assert read.readings["client_id"].to_pylist() == [f"c{k}" for k, n in enumerate(lengths) for _ in range(n)]


@pytest.mark.usefixtures("table_size")
def test_beyond_the_last_row_nothing_is_known() -> None:
    part = Clients.of(ROWS, ORDER).part(1, 2)
    grids = part.grids(np.array([[1], [2]]))
    assert grids["after_heard"][0] == [9.0]
    assert all(np.isnan(grid[1]).all() for grid in grids.values())
    assert not any(grid.flags.writeable for grid in grids.values())


def test_numbers_that_are_no_codes_lie_beside_those_that_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """A half point, and a number too large for a code, in columns beside one of whole numbers."""
    monkeypatch.setattr(andante.clients, "FEW", 0)
    columns = {"after_heard": [7.0, None, 8.0], "before_distress": [6.5, 3.0, None], "overrun_min": [None, 200.0, 0.0]}
    rows = pa.table({"client_id": ["a", "a", "b"], **{name: pa.array(cells, pa.float64()) for name, cells in columns.items()}})
    clients = Clients.of(rows)
    for name, cells in columns.items():
        np.testing.assert_array_equal(values(clients, name), np.array(cells, np.float64))
