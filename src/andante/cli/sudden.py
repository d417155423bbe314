"""`andante sudden`: sudden gains and losses between sessions, from a wide or a long table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from andante.cli.saving import FORMATS, check_places, save_table, together
from andante.cli.window import SHOWN, print_table
from andante.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

    from andante.cli.tables import GivenTable
    from andante.measures.sudden import Sudden


CELLS = 10_000_000  # of a table with a column for each time; beyond that it has to be well filled


def sudden(
    table: Annotated[
        Path, typer.Argument(metavar="TABLE", help="Scores session by session: CSV, Parquet or Arrow, wide or long.", readable=False)
    ],
    client: Annotated[str, typer.Option("--id", metavar="COLUMN", help="The column of client ids.")],
    scores: Annotated[
        list[str] | None, typer.Option(metavar="A,B,C", help="Wide: the score columns in time order; may be repeated.")
    ] = None,
    time: Annotated[str | None, typer.Option(metavar="COLUMN", help="Long: the column of sessions or times.")] = None,
    score: Annotated[str | None, typer.Option(metavar="COLUMN", help="Long: the column of scores.")] = None,
    consecutive: Annotated[
        bool,
        typer.Option(
            "--consecutive", help="Long: each client's own scores one after another, for times that clients do not share (dates)."
        ),
    ] = False,
    cutoff: Annotated[
        float | None, typer.Option(metavar="POINTS", help="Criterion 1: the size of the step; the measure's reliable change.")
    ] = None,
    no_cutoff: Annotated[bool, typer.Option("--no-cutoff", help="Leave criterion 1 out.")] = False,
    share: Annotated[
        float, typer.Option(help="Criterion 2: the step as a share of the score before it; 0 leaves only the direction.")
    ] = 0.25,
    alpha: Annotated[float, typer.Option(help="Criterion 3: level of the critical value.")] = 0.05,
    critical: Annotated[float | None, typer.Option(metavar="T", help="Criterion 3: one critical value, whatever is missing.")] = None,
    better: Annotated[str, typer.Option(help="Which end is good: lower or higher.")] = "lower",
    baseline_first: Annotated[
        bool, typer.Option("--baseline-first", help="The first column is before treatment: sessions count from 0.")
    ] = False,
    live: Annotated[
        bool, typer.Option("--live", help="As therapy goes on: also the steps that criterion 3 cannot judge yet, as `possible`.")
    ] = False,
    replicate: Annotated[str | None, typer.Option(metavar="PACKAGE", help="suddengains: keep that package's faults.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="One row per client and interval; csv, parquet, arrow or json.")] = None,
    gains: Annotated[Path | None, typer.Option(metavar="FILE", help="One row per gain and loss (same endings).")] = None,
    persons: Annotated[Path | None, typer.Option(metavar="FILE", help="One row per client with the chosen gain (same endings).")] = None,
    spikes: Annotated[
        Path | None, typer.Option(metavar="FILE", help="One row per spike: a rise of --cutoff or more, returned or not (same endings).")
    ] = None,
    select: Annotated[str, typer.Option(help="With --persons: first, last, smallest or largest.")] = "first",
) -> None:
    """Sudden gains and losses by the three criteria of Tang & DeRubeis 1999.

    Writes `from`, `to`, `criterion_1`, `criterion_2`, `criterion_3` (of a gain), `gain` and `loss` for each client and
    interval that can be judged, empty where a score it needs is missing. Without --out it prints the counts, and with
    --live the steps.
    """
    asked = {"--out": out, "--gains": gains, "--persons": persons, "--spikes": spikes}
    check_places([(option, place, FORMATS) for option, place in asked.items()], given={"the input": table})
    from andante.cli.tables import GivenTable
    from andante.measures.sudden import Rules, find_live, find_sudden

    if cutoff is None and not no_cutoff:
        raise UsageError("Say how large a step must be: --cutoff POINTS (the reliable change of the measure), or --no-cutoff.")
    given = GivenTable(table)
    notes: list[str] = []
    if time or score:
        ids, labels, grid = _read_long(given, client, time, score, consecutive, notes)
    else:
        ids, labels, grid = _read_wide(given, client, scores)
    rules = Rules(cutoff=None if no_cutoff else cutoff, share=share, alpha=alpha, replicate=replicate)
    if critical is not None:
        rules = rules._replace(adjust=False, critical=critical)
    found = find_sudden(grid, ids=ids, labels=labels, rules=rules, better=better.lower())
    result = find_live(found) if live else found.table()
    result = result.rename_columns([client if name == "id" else name for name in result.column_names])
    with together():
        if out is not None:
            save_table(result, out)
        _save_episodes(found, gains, persons, select, baseline_first)
        if spikes is not None:
            save_table(_spikes(found), spikes)
    for note in [*given.finish(), *notes]:
        typer.echo(f"Note: {note}", err=True)
    for place in (out, gains, persons, spikes):
        if place is not None:
            typer.echo(f"Written: {place}", err=True)
    if out is None:
        _print(found, select, baseline_first)
        if live:
            print_table(result, most=SHOWN)


def _read_wide(given: GivenTable, client: str, scores: list[str] | None) -> tuple[list[str], list[str], Any]:
    import numpy as np

    from andante.measures.pairs import factorize

    names = given.split(scores or [])
    if not names:
        raise UsageError("Say where the scores are: --scores A,B,C, or for a long table --time COLUMN --score COLUMN.")
    twice = sorted({name for name in names if names.count(name) > 1} | ({client} & set(names)))
    if twice:
        raise UsageError(f"--scores names {', '.join(twice)} {'as well as --id' if twice == [client] else 'more than once'}.")
    given.require([client, *names])
    ids = given.ids(client)
    columns = [given.numbers(name) for name in names]
    given.refuse_repeats(client, "is there twice", "a wide table has one row for each client: leave one out", ids)
    given.finish()
    order = np.argsort(factorize(ids).codes, kind="stable")
    return [str(i) for i in ids[order]], names, np.stack(columns, axis=1)[order]


def _read_long(
    given: GivenTable, client: str, time: str | None, score: str | None, consecutive: bool, notes: list[str]
) -> tuple[list[str], list[str], Any]:
    """Times that all clients share are columns; dates that they do not share number each client's own sessions."""
    from collections import Counter

    import numpy as np

    from andante.measures.pairs import factorize, line_up_rows, spread_rows

    if not time or not score:
        raise UsageError("A long table needs both --time and --score.")
    given.require([client, time, score])
    ids, scores, times, words = given.ids(client), given.numbers(score), given.times(time, ordered=True), given.words(time)
    given.refuse_untimed(time, times, scores)
    longest = max(Counter(who for who in ids if who is not None).values(), default=0)
    distinct = len(np.unique(times[~np.isnan(times)]))
    dates = any(word is not None and len(word) >= 8 and word[4:5] == "-" for word in words)
    lined_up = consecutive or (dates and distinct > longest)
    if not lined_up:
        remedy = "a client may have one row at a time: leave one out; where clients do not share their times, add --consecutive"
        given.refuse_repeats(client, "has a second row at this time", remedy, ids, times)
    given.finish()
    told = ~np.isnan(times)  # a row with neither time nor score says nothing
    ids, scores, times, words = ids[told], scores[told], times[told], words[told]
    if lined_up:
        people, labels, grid, twice = line_up_rows(ids, times, scores)
        notes.append("each client's scores were taken one after another: `from` and `to` count them from 1")
        if twice:
            notes.append(f"{twice} scores at the same time as the one before were kept, in the order of the table")
        return people, labels, grid
    if distinct * len(np.unique(factorize(ids).codes)) > max(CELLS, 20 * given.rows):
        raise UsageError(
            f"{distinct} times are too many for a table of sessions: where clients do not share their times, add --consecutive."
        )
    try:
        found = spread_rows(ids, times, scores, words)
    except UsageError as error:
        raise UsageError(f"{error} Where clients do not share their times, add --consecutive.") from None
    if distinct > 2 * longest:
        notes.append(f"{distinct} times, and no client has more than {longest} rows: where clients do not share them, add --consecutive")
    return found


def _save_episodes(found: Sudden, gains: Path | None, persons: Path | None, select: str, baseline_first: bool) -> None:
    if gains is None and persons is None:
        return
    import pyarrow as pa

    from andante.measures.episodes import KINDS, list_episodes, tabulate_persons

    both = [list_episodes(found, kind, baseline_first=baseline_first) for kind in KINDS]
    if gains is not None:
        save_table(pa.concat_tables([episodes.table() for episodes in both]), gains)
    if persons is not None:
        save_table(_side_by_side(*(tabulate_persons(episodes, select) for episodes in both)), persons)


def _spikes(found: Sudden) -> pa.Table:
    """Rises of the worse end: where higher is better these are falls, and the peak is a low."""
    from dataclasses import replace

    from andante.measures.spikes import find_spikes

    if found.rules.cutoff is None:
        raise UsageError("Spikes need --cutoff POINTS: how large a rise must be.")
    sign = 1 if found.better == "lower" else -1
    spikes = find_spikes(sign * found.scores, rise=found.rules.cutoff)
    return replace(spikes, peak=sign * spikes.peak).table(found.ids, found.labels)


def _side_by_side(gains: pa.Table, losses: pa.Table) -> pa.Table:
    """One row per client: what there is of gains, then of losses."""
    names = [name if name == "id" else f"gain_{name}" for name in gains.column_names]
    joined = gains.rename_columns(names)
    for name in losses.column_names[1:]:
        joined = joined.append_column(f"loss_{name}", losses[name])
    return joined


def _print(found: Sudden, select: str, baseline_first: bool) -> None:
    """How many gains and losses, in how many clients, and how many came back."""
    from andante.measures.episodes import KINDS, describe_episodes, list_episodes

    judged = int((found.gains.met >= 0).sum())
    typer.echo(f"{len(found.ids)} clients, {found.gains.met.size} intervals, {judged} with the scores that all criteria need.")
    for kind in KINDS:
        figures = describe_episodes(list_episodes(found, kind, baseline_first=baseline_first), select)
        plural = "gains" if kind == "gain" else "losses"
        text = f"Sudden {plural}: {figures['episodes']:.0f} in {figures['with_any']:.0f} clients"
        if figures["clients"]:
            text += f" ({figures['with_any_percent']:.1f} %)"
        if figures["with_any"]:
            text += f"; mean size of the {select} {abs(figures['magnitude_mean']):.1f}, later reversed in {figures['reversed']:.0f}"
        typer.echo(text + ".")
