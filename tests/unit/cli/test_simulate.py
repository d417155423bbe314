"""`andante simulate`: its help names what there is."""

from __future__ import annotations

from andante.cli.main import main
from andante.lab.scenarios import FAMILY


def test_the_help_names_every_family(capsys):
    assert main(["simulate", "--help"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert f"made of: {', '.join(list(FAMILY)[:-1])} or {list(FAMILY)[-1]}." in told
