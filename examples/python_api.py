"""Andante from Python: a session table in, readings out, on Polars, pandas or Arrow.

    python examples/python_api.py

The same steps are explained in docs/python.md. Nothing is written.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

import andante

CASELOAD = Path(__file__).with_name("caseload.csv")


def main() -> None:
    # Anything that speaks the Arrow interface will do: a Polars or pandas frame, a pyarrow table. It is not changed.
    sessions = pl.read_csv(CASELOAD, try_parse_dates=True)

    # One row a session comes back, as an Arrow table. Polars takes it as it is.
    readings = pl.DataFrame(andante.read(sessions))
    risks = [name.removesuffix("_level") for name in readings.columns if name.endswith("_level")]
    latest = readings.group_by("client_id", maintain_order=True).last()
    raised = pl.any_horizontal(pl.col(f"{risk}_level").is_in(["watch", "act"]) for risk in risks)
    attention = latest.filter(raised | pl.col("stance").is_in(["ease", "hold"]))
    print(f"{len(attention)} of {len(latest)} clients need attention:\n")
    for client, stance, why in attention.select("client_id", "stance", "stance_why").iter_rows():
        print(f"  {client}  {stance:5} {why}")

    # With its evidence: one row for each raised indicator, with the sentence and with what would clear it.
    reading = andante.read(sessions, details=True)
    evidence = pl.DataFrame(reading.details).filter(pl.col("strength") > 0.5).tail(3)
    print("\nEvidence, for instance:\n")
    for client, session, says, clears in evidence.select("client_id", "session", "says", "clears").iter_rows():
        print(f"  {client}, session {session}: {says} ({clears})")

    # When did each risk first become an act? Levels are ordinary columns.
    first = {risk: readings.filter(pl.col(f"{risk}_level") == "act")["client_id"].n_unique() for risk in risks}
    print("\nClients with an act at any time:", ", ".join(f"{risk} {count}" for risk, count in first.items() if count))


if __name__ == "__main__":
    main()
