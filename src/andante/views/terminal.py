"""The caseload and one client in a terminal: words and shapes first, color only as a help.

Stands at the foot of the river, in `views`. Everything fits in 80 columns, and reads the same without color. Where the
terminal does not speak UTF-8, plain signs stand for the shapes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from andante.records import MeasureColumn
from andante.views import evidence, room, wording
from andante.views.caseload import QUIET, RAISED, UNKNOWN, Case, Caseload, Finding, Line
from andante.views.series import series
from andante.views.strip import SIGNS, Strip, strip
from andante.words import LEVEL_LABELS, LEVELS, number

PLAIN = str.maketrans("·–", "--")  # signs in a sentence, for a terminal that does not speak UTF-8
STYLES = {"unknown": "dim", "quiet": "dim", "watch": "yellow", "act": "bold magenta"}
FIGURES = (("distress before", "before_distress"), ("too much, after", "after_overwhelm"), ("how demanding", "intensity"))
SHOWN = 25  # clients in the summary; the rest are counted (ours: a screen)
JOINERS = "\u200c\u200d"  # unseen, but part of an emoji or a word: without them an id is another one
NAME, CELL, CELL_OF_PARTS = 17, 3, 4  # characters: a risk's name, and one session in the strip (7, or 7.5)


def print_caseload(console: Console, caseload: Caseload, *, shown: int | None = SHOWN) -> None:
    """The clients who need attention, neediest first, one line of why each; then the quiet ones as a count.

    `shown` limits the lines (None: a line for everyone, the quiet ones too).
    """
    if not caseload.lines:
        console.print("There is no session in this table. Add rows for at least one client, then read it again.")
        return
    awake = caseload.lines[: caseload.awake]
    listed = caseload.lines if shown is None else awake[:shown]
    console.print(_headline(caseload))
    if listed:
        console.print(_lines(listed, _plain(console)))
    if len(awake) > len(listed):
        console.print(f"... and {wording.counted(len(awake) - len(listed), 'more client')} who need attention; --all shows everyone.")
    if shown is not None and (folded := _folded(caseload)):
        console.print(Text(folded))
    console.print(Text(wording.often(*caseload.often()), style="dim"))


def print_client(console: Console, case: Case, measures: Sequence[MeasureColumn] = ()) -> None:
    """One client: stance and reason, what changed, the sessions with the strip, and each raised risk in words.

    `measures` are a service's own, beside the catalogue's.
    """
    plain = _plain(console)
    console.print(Text(_printable(case.client_id), style="bold"))
    console.print(Group(*_stance(case, plain)))
    console.print()
    cell = CELL_OF_PARTS if _in_parts(case) else CELL
    drawn = strip(case, max(1, (console.width - NAME - 18) // cell))
    if drawn.left_out:
        console.print(f"Sessions {drawn.labels[0]} to {drawn.labels[-1]} of {len(case.readings)}; a wider window shows more.")
    console.print(_sessions(case, drawn, cell, plain))
    console.print(Text("  ".join(f"{_sign(level, plain)} {level}" for level in LEVELS), style="dim"))
    for finding in case.findings():
        console.print()
        console.print(Group(*_finding(finding, series(case, finding, measures), plain)))
    if not case.findings():
        console.print()
        console.print(wording.none_raised(case.now))


def _printable(text: str) -> str:
    """An id as it may be shown: signs that would steer the terminal are replaced."""
    return "".join(sign if sign.isprintable() or sign in JOINERS else "?" for sign in text)


def _plain(console: Console) -> bool:
    return not console.encoding.lower().startswith("utf")


def _text(text: str, plain: bool) -> str:
    return text.translate(PLAIN) if plain else text


def _sign(level: str, plain: bool) -> str:
    return SIGNS[level][plain]


# The caseload


def _headline(caseload: Caseload) -> Text:
    attention = f"{caseload.awake or 'Nobody'} {'need' if caseload.awake > 1 else 'needs'} attention."
    return Text(f"{wording.size(caseload)}. {wording.nobody(caseload) or attention}", style="bold")


def _lines(lines: Sequence[Line], plain: bool) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=True, header_style="dim")
    table.add_column("client", overflow="fold", max_width=18)  # folded, never cut: it has to be typed after --client
    table.add_column("raised", no_wrap=True)
    table.add_column("stance, and why", ratio=1)
    for line in lines:
        why = Text(wording.why(line.reading))
        why.stylize("bold", 0, len(wording.stance(line.reading)))
        table.add_row(Text(_printable(line.client_id)), _raised(line, plain), why)
    return table


def _raised(line: Line, plain: bool) -> Text:
    text = Text()
    if not line.acts and not line.watches and (instead := wording.instead(line.reading)) != "none":
        return Text(instead)
    for level, count in (("act", line.acts), ("watch", line.watches)):
        if count:
            text.append(f"{' ' if text else ''}{_sign(level, plain)} {count} {level}", style=STYLES[level])
    return text


def _folded(caseload: Caseload) -> str:
    counts = caseload.counts()
    among = {group: wording.among([line.reading for line in caseload.lines if line.group == group]) for group in (QUIET, UNKNOWN)}
    parts = [
        f"{counts[QUIET]} with nothing raised{among[QUIET]}" if counts[QUIET] else "",
        f"{counts[UNKNOWN]} not enough to say yet{among[UNKNOWN]}" if counts[UNKNOWN] else "",
    ]
    said = [part for part in parts if part]
    return _printable(f"Folded: {wording.listed(said)}.") if said else ""


# One client


def _stance(case: Case, plain: bool) -> Iterator[RenderableType]:
    now = case.now
    if place := " · ".join(wording.place(now, ahead=case.ahead)):
        yield Text.assemble((_text(wording.sentence(place), plain), "dim"), f" {wording.ending(case)}".rstrip())
    yield Text.assemble((f"{wording.stance(now)}. ", "bold"), wording.reason(now))
    if judged := wording.judged_besides(now):
        yield Text(f"{judged}.", style="dim")
    said = f"{room.title(case)}: {wording.room(now).lower()}."
    research = room.RESEARCH if room.is_told(case) else ""
    more = (
        wording.stance_first(now),
        room.harder(case),
        wording.uncertainty(now),
        room.after_break(case),
        room.slower(case),
        room.missing(case),
        room.planned(case),
        room.aims(case),
        research,
    )
    yield Text(" ".join(part for part in (said, *more) if part))
    if step := wording.first_step(now):
        yield Text(step, style="bold")
    for change in wording.changes(case.previous, now, names=True):
        yield Text(_text(f"Since last time: {change}", plain))


def _in_parts(case: Case) -> bool:
    """Whether a figure to be shown is not whole, as where a map stretches a scale."""
    return any((row.get(column) or 0.0) % 1 for row in case.sessions for _, column in FIGURES)


def _sessions(case: Case, drawn: Strip, cell: int, plain: bool) -> Table:
    """Numbers and strip, one column a session; the level in words at the end, and whether the last session is still ahead."""
    table = Table(box=None, pad_edge=False, padding=0, show_header=True, header_style="dim")
    table.add_column("session", min_width=NAME, no_wrap=True)
    for label in drawn.labels:
        table.add_column(label, justify="right", min_width=cell, no_wrap=True)
    table.add_column(f"  {drawn.labels[-1]} is ahead" if drawn.ahead else "", no_wrap=True)
    for name, column in FIGURES:
        values = [case.sessions[at].get(column) for at in range(drawn.left_out, len(case.sessions))]
        if any(value is not None for value in values):
            table.add_row(name, *(Text(number(value) if value is not None else "") for value in values), "")
    away = ["" if case.held(at) else "x" for at in range(drawn.left_out, len(case.sessions))]
    if any(away):
        table.add_row("did not meet", *away, "")
    table.add_row(*[""] * (len(drawn.labels) + 2))
    for risk, cells in drawn.rows:
        level, since = cells[-1].level, case.now.get(f"{risk.name}_since")
        words = f"  {level}, since {since}" if level in RAISED and since is not None else f"  {level}"
        signs = (Text(_sign(cell.level, plain), style=STYLES[cell.level]) for cell in cells)
        table.add_row(risk.name, *signs, Text(words, style=STYLES[level]))
    return table


def _finding(finding: Finding, answers: Sequence[str], plain: bool) -> Iterator[RenderableType]:
    sign, since = _sign(finding.level, plain), evidence.heading_since(finding)
    level = ", ".join(part for part in (f"{finding.level}: {LEVEL_LABELS[finding.level]}", since) if part)
    yield Text.assemble((f"{sign} {_text(wording.title(finding.risk), plain)}", "bold"), f"  {level}")
    for said, origin in evidence.told(finding):
        yield _hanging("   -", f"{said}. {origin}")
    if not finding.evidence:
        yield _hanging("   -", "It stands from an earlier session; no answer has cleared it yet.")
    for line in (
        *(_text(answer, plain) for answer in answers),
        evidence.sureness(finding),
        evidence.clears(finding),
        "What the two of you could do:",
    ):
        if line:
            yield _hanging(" ", line)
    yield from (_hanging(f"  {number}.", response.text) for number, response in enumerate(finding.responses, 1))


def _hanging(mark: str, text: str) -> Table:
    """A mark and its text, whose further lines stand under its first."""
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=len(mark))
    grid.add_column(ratio=1)
    grid.add_row(mark, Text(text))
    return grid
