"""`andante change`: who changed reliably and clinically between two scores, from a wide or a long table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from andante.cli.saving import FORMATS, check_place, save_table, save_text
from andante.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

    from andante.measures.change import Change
    from andante.measures.pairs import Pairs

Name = typer.Option(metavar="COLUMN")


def change(
    table: Annotated[Path, typer.Argument(metavar="TABLE", help="Scores: CSV, Parquet or Arrow, wide or long.")],
    client: Annotated[str, typer.Option("--id", metavar="COLUMN", help="The column of client ids.")],
    pre: Annotated[
        str | None, typer.Option(metavar="COLUMN|TIME", help="Wide: the column before. Long: the time before, or `first`.")
    ] = None,
    post: Annotated[
        str | None, typer.Option(metavar="COLUMN|TIME", help="Wide: the column after. Long: the time after, or `last`.")
    ] = None,
    time: Annotated[str | None, typer.Option(metavar="COLUMN", help="Long table: the column of times.")] = None,
    score: Annotated[str | None, typer.Option(metavar="COLUMN", help="Long table: the column of scores.")] = None,
    group: Annotated[str | None, typer.Option(metavar="COLUMN", help="A column of groups: the summary is then per group.")] = None,
    reliability: Annotated[float | None, typer.Option(metavar="R", help="Reliability of the measure, 0 to 1.")] = None,
    reliability_post: Annotated[
        float | None, typer.Option(metavar="R", help="Method NK: reliability after treatment (default: the same).")
    ] = None,
    method: Annotated[str, typer.Option(help="JT, EN, GLN, HLL, HA, NK, or HLM (all scores of a long table).")] = "JT",
    better: Annotated[str | None, typer.Option(help="Which end is good: lower (default) or higher.")] = None,
    functional: Annotated[
        tuple[float, float] | None, typer.Option(metavar="MEAN SD", help="The functional population; adds clinical significance.")
    ] = None,
    cutoff: Annotated[str | None, typer.Option(metavar="a|b|c", help="The cut-off (default c where --functional is given).")] = None,
    crossing: Annotated[bool, typer.Option("--crossing", help="Judge by crossing the cut-off alone.")] = False,
    anchor: Annotated[float | None, typer.Option(metavar="POINTS", help="Judge by a smallest difference that matters, in points.")] = None,
    percentage: Annotated[
        float | None, typer.Option(metavar="SHARE", help="Judge by the share of change: .5 is half the score before.")
    ] = None,
    points: Annotated[
        float | None, typer.Option(metavar="POINTS", help="Judge by a reliable change in points: more than that counts.")
    ] = None,
    instrument: Annotated[
        str | None, typer.Option(metavar="ID", help="Judge by the reliable change of an instrument of the catalogue: that or more counts.")
    ] = None,
    worse: Annotated[float | None, typer.Option(metavar="X", help="With --anchor or --percentage: another amount for worsening.")] = None,
    pair: Annotated[
        list[str] | None,
        typer.Option(metavar="INSTRUMENT:PRE:POST", help="Twice: rules of NHS Talking Therapies (long: INSTRUMENT:COLUMN, with --time)."),
    ] = None,
    reference: Annotated[
        tuple[float, float] | None,
        typer.Option(metavar="MEAN SD", help="Mean and SD before treatment from elsewhere (default: these clients')."),
    ] = None,
    significance: Annotated[float, typer.Option(help="Level of the index; two-sided, for HA one-sided.")] = 0.05,
    absolute: Annotated[bool, typer.Option("--absolute", help="HLM: test the whole slope, not its deviation from the average.")] = False,
    replicate: Annotated[str | None, typer.Option(metavar="PACKAGE", help="clinicalsignificance: keep that package's faults.")] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="One row per client; the ending chooses csv, parquet, arrow or json.")
    ] = None,
    summary: Annotated[Path | None, typer.Option(metavar="FILE", help="The counts per class and group (same endings).")] = None,
    plot: Annotated[Path | None, typer.Option(metavar="FILE", help="Before against after, as .svg, .html or .json (Vega-Lite).")] = None,
) -> None:
    """Reliable and clinically significant change of each client.

    Writes `change` (post - pre), `rci` (same sign) and `class` (recovered, improved, unchanged, deteriorated, harmed), one
    row per client, empty where a score is missing. Without --out it prints the summary.
    """
    for option, place, endings in (("--out", out, FORMATS), ("--summary", summary, FORMATS), ("--plot", plot, ("svg", "html", "json"))):
        if place is not None:
            check_place(place, endings, option=option, never=table)
    asked = _Asked(table, client, pre, post, time, score, group, replicate)
    if pair:
        _talking_therapies(asked, pair, out)
        return
    if instrument is not None:
        anchor, better = _reliable_change(instrument, better)
    rules = _Rules(
        better or "lower", replicate, method, reliability, reliability_post, functional, cutoff, crossing, anchor, percentage, points,
        worse, reference, significance, absolute,
    )  # fmt: skip
    found = _assess(asked, rules)
    result = asked.named(found.table())
    if out is not None:
        save_table(result, out)
    counts = found.summary()
    if summary is not None:
        save_table(counts, summary)
    if plot is not None:
        from andante.views.changing import draw_change, save_chart

        save_chart(draw_change(found), plot, save_text)
    asked.tell([place for place in (out, summary, plot) if place is not None])
    if out is None:
        print_summary(found, counts)


class _Asked:
    """The table and how its scores are to be paired."""

    def __init__(
        self,
        path: Path,
        client: str,
        pre: str | None,
        post: str | None,
        time: str | None,
        score: str | None,
        group: str | None,
        replicate: str | None,
    ) -> None:
        from andante.cli.tables import GivenTable

        self.table, self.client, self.pre, self.post = GivenTable(path), client, pre, post
        self.time, self.score, self.replicate = time, score, replicate
        self.group = None if group is None else self.table.words(group)
        self.notes: list[str] = []

    def pairs(self) -> Pairs:
        from andante.measures.pairs import pair_columns

        if self.time is not None or self.score is not None:
            if self.time is None or self.score is None:
                raise UsageError("A long table needs both --time and --score.")
            return self.long_pairs(self.score)
        if self.pre is None or self.post is None:
            raise UsageError("Say which scores to compare: --pre COLUMN --post COLUMN, or for a long table --time COLUMN --score COLUMN.")
        return (
            self.wide_pairs(self.pre, self.post) if self.group is None else pair_columns(*self.read(self.pre, self.post), group=self.group)
        )

    def wide_pairs(self, pre: str, post: str) -> Pairs:
        from andante.measures.pairs import pair_columns

        return pair_columns(*self.read(pre, post))

    def read(self, *names: str) -> tuple[Any, ...]:
        """Ids and these columns as numbers; every bad cell of them raised at once."""
        found = (self.table.ids(self.client), *(self.table.numbers(name) for name in names))
        self.notes = self.table.finish()
        return found

    def long_pairs(self, score: str) -> Pairs:
        from andante.cli.tables import read_moment
        from andante.measures.pairs import pair_first_last, pair_rows

        ids, scores, times = self.read_long(score)
        if (self.pre, self.post) == ("first", "last"):
            return pair_first_last(ids, times, scores, group=self.group)
        moments = [None if t is None else read_moment(t, times) for t in (self.pre, self.post)]
        return pair_rows(ids, times, scores, pre=moments[0], post=moments[1], group=self.group, replicate=self.replicate)

    def read_long(self, score: str) -> tuple[Any, Any, Any]:
        ids, scores = self.table.ids(self.client), self.table.numbers(score)
        times = self.table.times(self.time or "")
        self.notes = self.table.finish()
        return ids, scores, times

    def named(self, table: pa.Table) -> pa.Table:
        """The ids under the name that they have in the table given."""
        return table.rename_columns([self.client if name == "id" else name for name in table.column_names])

    def tell(self, written: list[Path]) -> None:
        for note in self.notes:
            typer.echo(f"Note: {note}", err=True)
        for place in written:
            typer.echo(f"Written: {place}", err=True)


@dataclass(frozen=True)
class _Rules:
    """How change is to be judged: the options of the verb, under their names."""

    better: str
    replicate: str | None
    method: str
    reliability: float | None
    reliability_post: float | None
    functional: tuple[float, float] | None
    cutoff: str | None
    crossing: bool
    anchor: float | None
    percentage: float | None
    points: float | None
    worse: float | None
    reference: tuple[float, float] | None
    significance: float
    absolute: bool


def _assess(asked: _Asked, rules: _Rules) -> Change:
    from andante.measures import change as changes
    from andante.measures.significance import Population

    if sum((rules.crossing, rules.anchor is not None, rules.percentage is not None, rules.points is not None)) > 1:
        raise UsageError("Choose one of --crossing, --anchor (or --instrument), --percentage and --points.")
    shared: dict[str, Any] = {"better": rules.better, "replicate": rules.replicate}
    cut: dict[str, Any] = {"functional": None if rules.functional is None else Population(*rules.functional), "cutoff": rules.cutoff}
    if rules.method == "HLM":
        return _assess_slopes(asked, rules, shared | cut)
    pairs = asked.pairs()
    if rules.points is not None:
        return changes.assess_points(pairs, points=rules.points, better=rules.better)
    if rules.percentage is not None:
        return changes.assess_percentage(pairs, improvement=rules.percentage, deterioration=rules.worse, **shared)
    known = changes.describe_pairs(pairs)
    if rules.reference is not None:
        known = known._replace(mean_pre=rules.reference[0], sd_pre=rules.reference[1])
    shared |= {"reference": known}
    if rules.anchor is not None:
        return changes.assess_anchor(pairs, improvement=rules.anchor, deterioration=rules.worse, **cut, **shared)
    shared |= {"significance": rules.significance}
    if rules.crossing:
        cut["cutoff"] = rules.cutoff or ("a" if rules.functional is None else "c")
        how: Any = "HA" if rules.method == "HA" else "JT"
        return changes.assess_significance(pairs, method=how, reliability=rules.reliability, **cut, **shared)
    if rules.reliability is None:
        raise UsageError("Reliable change needs --reliability R (from the manual of the measure; `andante measures show ID` has some).")
    return changes.assess_change(
        pairs, reliability=rules.reliability, method=rules.method, reliability_post=rules.reliability_post, **cut, **shared
    )


def _assess_slopes(asked: _Asked, rules: _Rules, shared: dict[str, Any]) -> Change:
    from andante.measures.slopes import assess_slopes

    if asked.time is None or asked.score is None:
        raise UsageError("HLM needs all scores of each client: a long table with --time COLUMN --score COLUMN.")
    ids, scores, times = asked.read_long(asked.score)
    return assess_slopes(ids, times, scores, group=asked.group, significance=rules.significance, absolute=rules.absolute, **shared)


def _reliable_change(name: str, better: str | None) -> tuple[float, str]:
    """An instrument's reliable change and good end, from the catalogue."""
    from andante.intake.names import did_you_mean
    from andante.measures import catalogue

    one = catalogue().get(name)
    if one is None:
        raise UsageError(f"There is no instrument {name!r} in the catalogue{did_you_mean(name, catalogue())}")
    change = one.total.reliable_change
    if change.value is None:
        raise UsageError(f"{one.title} has no reliable change: {change.source}. To mend it: give --reliability or --points.")
    return change.value, better or one.better


def _talking_therapies(asked: _Asked, given: list[str], out: Path | None) -> None:
    """`--pair phq9:PRE:POST --pair gad7:PRE:POST`: the rules of the service, with the thresholds of the catalogue."""
    from andante.measures import catalogue
    from andante.measures.talking_therapies import Threshold, assess_outcomes

    if len(given) != 2:
        raise UsageError("Give --pair twice: once for each of the two measures, for example --pair phq9:PRE:POST --pair gad7:PRE:POST.")
    pairs, thresholds = [], []
    for text in given:
        name, *cells = text.split(":")
        instrument = catalogue().get(name)
        if instrument is None or instrument.talking_therapies is None:
            known = ", ".join(i.id for i in catalogue().values() if i.talking_therapies)
            raise UsageError(f"--pair {text}: {name!r} has no threshold in NHS Talking Therapies here; there are {known}.")
        if len(cells) != (1 if asked.time else 2):
            raise UsageError(f"--pair {text}: write {name}:COLUMN with --time, or {name}:PRE:POST without.")
        pairs.append(asked.long_pairs(cells[0]) if asked.time else asked.wide_pairs(cells[0], cells[1]))
        figures = instrument.talking_therapies
        thresholds.append(Threshold(figures["caseness"], figures["change"], instrument.better))
    found = assess_outcomes(pairs, thresholds)
    if out is not None:
        save_table(asked.named(found.table()), out)
    asked.tell([out] if out is not None else [])
    if out is None:
        for name, value in found.summary().items():
            typer.echo(f"{name.replace('_', ' ')}: {value:.1f} %" if name.endswith("percent") else f"{name.replace('_', ' ')}: {value:.0f}")


def print_summary(found: Change, counts: pa.Table) -> None:
    """The counts per class, what they rest on, and the cut-off."""
    from rich.console import Console
    from rich.table import Table

    console, known = Console(highlight=False), found.reference
    shown = Table(*counts.column_names)
    for row in counts.to_pylist():
        shown.add_row(*(f"{v:.1f}" if isinstance(v, float) else str(v) for v in row.values()))
    missing = int((found.code < 0).sum())
    console.print(shown)
    console.print(
        f"{len(found.pairs) - missing} clients with both scores, {missing} without. Method {found.method}, {found.better} is better."
    )
    console.print(f"Before: mean {known.mean_pre:.2f}, SD {known.sd_pre:.2f}. After: mean {known.mean_post:.2f}, SD {known.sd_post:.2f}.")
    if found.cutoff is not None:
        console.print(f"Cut-off {found.cutoff.kind}: {found.cutoff.value:.2f}.")
