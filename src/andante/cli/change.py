"""`andante change`: who changed reliably and clinically between two scores, from a wide or a long table."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from andante.cli.saving import FORMATS, check_places, save_table, save_text, together
from andante.cli.window import console, print_table
from andante.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

    from andante.measures.change import Change
    from andante.measures.pairs import Pairs
    from andante.measures.significance import Reference


def change(
    table: Annotated[Path, typer.Argument(metavar="TABLE", help="Scores: CSV, Parquet or Arrow, wide or long.", readable=False)],
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
    check_places(
        [("--out", out, FORMATS), ("--summary", summary, FORMATS), ("--plot", plot, ("svg", "html", "json"))], given={"the input": table}
    )
    asked = _Asked(table, client, pre, post, time, score, group, replicate)
    if pair:
        others = {
            "--reliability": reliability, "--reliability-post": reliability_post, "--functional": functional, "--cutoff": cutoff,
            "--crossing": crossing or None, "--anchor": anchor, "--percentage": percentage, "--points": points, "--instrument": instrument,
            "--worse": worse, "--reference": reference, "--score": score, "--better": better, "--plot": plot,
        }  # fmt: skip
        _talking_therapies(asked, pair, [name for name, value in others.items() if value is not None], out, summary)
        return
    if instrument is not None:
        anchor, better, asked.span = _reliable_change(instrument, better)
    rules = _Rules(
        (better or "lower").lower(), replicate, method.upper(), reliability, reliability_post, functional, cutoff and cutoff.lower(),
        crossing, anchor, percentage, points, worse, reference, significance, absolute,
    )  # fmt: skip
    found = _assess(asked, rules)
    result = asked.named(found.table())
    counts = found.summary()
    with together():
        _save_tables((out, result), (summary, counts))
        if plot is not None:
            from andante.views.changing import draw_change, save_chart

            save_chart(draw_change(found), plot, save_text)
    if found.approach == "reliable" and found.method not in ("points", "HLM") and found.reference.sd_pre == 0:
        asked.notes.append("all scores before are the same, so any change is beyond an error of 0: give --reference MEAN SD")
    asked.tell([place for place in (out, summary, plot) if place is not None])
    if out is None:
        print_summary(found, counts)


def _save_tables(*asked: tuple[Path | None, pa.Table]) -> None:
    for place, table in asked:
        if place is not None:
            save_table(table, place)


class _Scores(NamedTuple):
    """Columns of scores of one measure, and the range that they lie in, where it is known."""

    names: tuple[str, ...]
    low: float | None = None
    high: float | None = None


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
        from andante.measures.pairs import check_replicate

        check_replicate(replicate)
        self.table, self.client, self.pre, self.post = GivenTable(path), client, pre, post
        self.time, self.score, self.replicate = time, score, replicate
        wide = (pre, post) if time is None and score is None else ()
        self.table.require([name for name in (client, time, score, group, *wide) if name is not None])
        self.group = None if group is None else self.table.words(group)
        self.span: tuple[float | None, float | None] = (None, None)  # the range of the scores, where an instrument says it
        self.notes: list[str] = []

    def pairs(self) -> Pairs:
        if self.time is not None or self.score is not None:
            if self.time is None or self.score is None:
                raise UsageError("A long table needs both --time and --score.")
            return self.long_pairs(_Scores((self.score,), *self.span))[0]
        if self.pre is None or self.post is None:
            raise UsageError("Say which scores to compare: --pre COLUMN --post COLUMN, or for a long table --time COLUMN --score COLUMN.")
        return self.wide_pairs(_Scores((self.pre, self.post), *self.span))[0]

    def wide_pairs(self, *wanted: _Scores) -> list[Pairs]:
        """The pairs of these columns before and after; every bad cell of them raised at once."""
        from andante.measures.pairs import pair_columns

        for (pre, post), *_ in wanted:
            if pre == post:
                raise UsageError(f"The scores before and after are both {pre!r}: name two columns.")
        self.table.require([name for scores in wanted for name in scores.names])
        ids = self.table.ids(self.client)
        columns = [self.read_scores(scores) for scores in wanted]
        self.table.refuse_repeats(self.client, "is there twice", "a wide table has one row for each client: leave one out", ids)
        self.notes = self.table.finish()
        return [pair_columns(ids, before, after, group=self.group) for before, after in columns]

    def long_pairs(self, *wanted: _Scores) -> list[Pairs]:
        """The pairs of these columns of scores at the times before and after, or the first and last of each client."""
        from andante.cli.tables import read_moment
        from andante.measures.pairs import pair_first_last, pair_rows

        ends = (self.pre, self.post) == ("first", "last")
        ids, columns, times = self.read_long(*wanted, ordered=ends)
        if ends:
            return [pair_first_last(ids, times, column, group=self.group) for column in columns]
        pre, post = (None if t is None else read_moment(t, times) for t in (self.pre, self.post))
        return [pair_rows(ids, times, column, pre=pre, post=post, group=self.group, replicate=self.replicate) for column in columns]

    def read_long(self, *wanted: _Scores, ordered: bool) -> tuple[Any, list[Any], Any]:
        self.table.require([name for scores in wanted for name in scores.names])
        ids, columns = self.table.ids(self.client), [column for scores in wanted for column in self.read_scores(scores)]
        times = self.table.times(self.time or "", ordered=ordered)
        self.table.refuse_untimed(self.time or "", times, *columns)
        if self.replicate is None:
            what, remedy = "has a second row at this time", "a client may have one row at a time: leave one out"
            self.table.refuse_repeats(self.client, what, remedy, ids, times)
        self.notes = self.table.finish()
        return ids, columns, times

    def read_scores(self, scores: _Scores) -> list[Any]:
        """The columns as numbers; one outside the range is a problem of its row."""
        return [self.table.numbers(name, scores.low, scores.high) for name in scores.names]

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
    _refuse_unused(rules)
    if rules.method == "HLM":
        return _assess_slopes(asked, rules, shared | cut)
    pairs = asked.pairs()
    if rules.points is not None:
        return changes.assess_points(pairs, points=rules.points, better=rules.better)
    if rules.percentage is not None:
        return changes.assess_percentage(pairs, improvement=rules.percentage, deterioration=rules.worse, **shared)
    known = changes.describe_pairs(pairs)
    if rules.reference is not None:
        known = _with_reference(known, *rules.reference)
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


def _with_reference(known: Reference, mean: float, sd: float) -> Reference:
    if not isfinite(mean):
        raise UsageError(f"The mean of --reference is {mean:g}; it must be a number.")
    if not 0 < sd < inf:
        raise UsageError(f"The SD of --reference is {sd:g}; it must be a number above 0.")
    return known._replace(mean_pre=mean, sd_pre=sd)


def _refuse_unused(rules: _Rules) -> None:
    """Options that a way of judging would pass over in silence."""
    way = "--points" if rules.points is not None else "--percentage" if rules.percentage is not None else None
    given = {"--functional": rules.functional, "--cutoff": rules.cutoff, "--reference": rules.reference, "--reliability": rules.reliability}
    given["--worse"] = None if way == "--percentage" else rules.worse
    if way and (unused := [name for name, value in given.items() if value is not None]):
        raise UsageError(f"{way} judges by the change alone: leave out {', '.join(unused)}, or judge by --anchor or --reliability.")


def _assess_slopes(asked: _Asked, rules: _Rules, shared: dict[str, Any]) -> Change:
    from collections import Counter

    from andante.intake.findings import count_of
    from andante.measures.slopes import FEWEST, assess_slopes

    if asked.time is None or asked.score is None:
        raise UsageError("HLM needs all scores of each client: a long table with --time COLUMN --score COLUMN.")
    ids, columns, times = asked.read_long(_Scores((asked.score,), *asked.span), ordered=True)
    told = [who for who, score, when in zip(ids, columns[0], times, strict=True) if score == score and when == when]
    if few := len({*ids}) - sum(count >= FEWEST for count in Counter(told).values()):
        asked.notes.append(f"{count_of(few, 'client')} left out: the growth model needs {FEWEST} scores of each")
    return assess_slopes(ids, times, columns[0], group=asked.group, significance=rules.significance, absolute=rules.absolute, **shared)


def _reliable_change(name: str, better: str | None) -> tuple[float, str, tuple[float, float]]:
    """An instrument's reliable change, good end and range, from the catalogue."""
    from andante.cli.tables import find_instrument

    one = find_instrument(name)
    change = one.total.reliable_change
    if change.value is None:
        raise UsageError(f"{one.title} has no reliable change: {change.source}. To mend it: give --reliability or --points.")
    return change.value, better or one.better, (one.total.low, one.total.high)


def _talking_therapies(asked: _Asked, given: list[str], others: list[str], out: Path | None, summary: Path | None) -> None:
    """`--pair phq9:PRE:POST --pair gad7:PRE:POST`: the rules of the service, with the thresholds of the catalogue."""
    from andante.measures import catalogue
    from andante.measures.talking_therapies import Threshold, assess_outcomes

    if others:
        raise UsageError(f"--pair brings the measures' own rules: leave out {', '.join(others)}.")
    if len(given) != 2:
        raise UsageError("Give --pair twice: once for each of the two measures, for example --pair phq9:PRE:POST --pair gad7:PRE:POST.")
    wanted, thresholds = [], []
    for text in given:
        name, *cells = text.split(":")
        instrument = catalogue().get(name)
        if instrument is None or instrument.talking_therapies is None:
            known = ", ".join(i.id for i in catalogue().values() if i.talking_therapies)
            raise UsageError(f"--pair {text}: {name!r} has no threshold in NHS Talking Therapies here; there are {known}.")
        if len(cells) != (1 if asked.time else 2):
            raise UsageError(f"--pair {text}: write {name}:COLUMN with --time, or {name}:PRE:POST without.")
        wanted.append(_Scores(tuple(cells), instrument.total.low, instrument.total.high))
        figures = instrument.talking_therapies
        thresholds.append(Threshold(figures["caseness"], figures["change"], instrument.better))
    pairs = asked.long_pairs(*wanted) if asked.time else asked.wide_pairs(*wanted)
    found = assess_outcomes(pairs, thresholds)
    rates = found.rates()
    with together():
        _save_tables((out, asked.named(found.table())), (summary, rates))
    asked.tell([place for place in (out, summary) if place is not None])
    if out is None:
        print_table(rates, number=".1f")


def print_summary(found: Change, counts: pa.Table) -> None:
    """The counts per class, what they rest on, and the cut-off."""
    window, known = console(), found.reference
    both = int(found.pairs.complete.sum())
    print_table(counts, number=".1f")
    window.print(f"{both} clients with both scores, {len(found.pairs) - both} without. Method {found.method}, {found.better} is better.")
    for when, mean, spread in (("Before", known.mean_pre, known.sd_pre), ("After", known.mean_post, known.sd_post)):
        if spread >= 0:  # NaN of fewer than two clients
            window.print(f"{when}: mean {mean:.2f}, SD {spread:.2f}.")
    if unjudged := both - int((found.code >= 0).sum()):
        window.print(f"{unjudged} of them cannot be judged: their index is 0 / 0, as no error is left.")
    if found.cutoff is not None:
        window.print(f"Cut-off {found.cutoff.kind}: {found.cutoff.value:.2f}.")
