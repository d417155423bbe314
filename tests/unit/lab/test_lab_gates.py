"""The search for the gates: the lowest gate that keeps the budget, and shares that agree with the readings themselves."""

from __future__ import annotations

import json

import pytest

import andante
from andante import weighing
from andante.errors import DefinitionError
from andante.lab import gates
from andante.lab.figures import judge
from andante.lab.simulator import simulate
from andante.weighing import Gates
from andante.words import ACT, WATCH


@pytest.fixture(scope="module")
def cohort():
    return simulate(200, family="traits", seed=77)


@pytest.fixture(scope="module")
def blocks(cohort):
    return list(gates.found("traits", cohort))


@pytest.mark.parametrize(("edge", "gate"), [(-1.752, -1.75), (0.0, 0.01), (1.2349, 1.24)])
def test_the_lowest_gate_that_keeps_the_budget_to_a_hundredth(edge, gate):
    assert gates.lowest(lambda tried: tried >= edge) == pytest.approx(gate, abs=0.011)
    assert gates.lowest(lambda tried: tried >= edge) >= edge


def test_a_budget_that_no_gate_keeps_is_an_error():
    with pytest.raises(DefinitionError, match="No gate keeps the budget: lines, breaches and what stands by itself already take more"):
        gates.lowest(lambda _: False)


def test_a_share_is_what_the_readings_of_harmless_clients_show(blocks, cohort):
    figures = judge(andante.read(cohort.sessions), cohort.truth)
    assert gates.share(blocks, weighing.gates(), WATCH) == pytest.approx(figures.harmless_watch.value)
    assert gates.share(blocks, weighing.gates(), ACT) == pytest.approx(figures.harmless_act.value)


def test_every_family_counts_the_same_however_many_clients_it_has(blocks):
    shipped = weighing.gates()
    (one,) = list(gates.found("loads", simulate(40, family="loads", seed=78)))
    alone = gates.share(blocks, shipped, WATCH), gates.share([one], shipped, WATCH)
    assert gates.share([*blocks, one], shipped, WATCH) == pytest.approx(sum(alone) / 2)


def test_no_gate_moves_lines_and_breaches(blocks):
    """A budget of nothing cannot be had: what stands outside the budget is left when both gates are shut."""
    shut = Gates(gates.HIGHEST * 10, gates.HIGHEST * 10)
    assert 0 < gates.share(blocks, shut, ACT) < gates.share(blocks, weighing.gates(), ACT)
    assert 0 < gates.share(blocks, shut, WATCH) < gates.share(blocks, weighing.gates(), WATCH)


def test_the_search_keeps_what_it_aims_at_and_goes_no_further(blocks, monkeypatch):
    monkeypatch.setattr(gates, "WATCH_SHARE", 0.16)  # one small service may show more than families do on average
    found = gates.search(blocks)
    for least, aim in ((WATCH, gates.WATCH_SHARE), (ACT, gates.ACT_SHARE)):
        slack = 1.01 if least == WATCH else 1  # an act, once raised, may last a session longer than a watch would
        assert gates.share(blocks, found, least) <= slack * aim
        lower = found._replace(**{"watch" if least == WATCH else "act": (found.watch if least == WATCH else found.act) - 0.05})
        assert gates.share(blocks, lower, least) > gates.share(blocks, found, least)


def test_it_writes_the_gates_and_leaves_the_weights(monkeypatch, tmp_path, capsys, cohort):
    before = {"origin": "a test", "gates": {"watch": 0.0, "act": 0.0}, "risks": weighing.weights()}
    (tmp_path / "weights.json").write_text(json.dumps(before), "utf-8")
    monkeypatch.setattr(gates, "WEIGHTS", tmp_path / "weights.json")
    monkeypatch.setattr(weighing, "gates", lambda: Gates(**before["gates"]))
    monkeypatch.setattr(gates, "simulate", lambda *_, **__: cohort)
    monkeypatch.setattr(gates, "TUNING", ("traits",))
    monkeypatch.setattr(gates, "SERVICES", range(1))
    monkeypatch.setattr(gates, "WATCH_SHARE", 0.16)
    gates.main()
    after = json.loads((tmp_path / "weights.json").read_text("utf-8"))
    assert after["risks"] == before["risks"]
    assert after["gates"]["watch"] < after["gates"]["act"]
    assert "Gates(watch=" in capsys.readouterr().out
    assert not list(tmp_path.glob("*.partial"))
