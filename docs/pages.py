"""Makes the manual's pages that come from the code, and the figures inside the pages that are written by hand.

    python docs/pages.py            # make them (make docs)
    python docs/pages.py --check    # say which are not what the code says (make check, and a test)

A page with a line `<!-- begin NAME -->` has what stands up to `<!-- end NAME -->` made by the function of that name in BLOCKS.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from andante import alerts, votes, weighing
from andante.cli import columns
from andante.records import READING_MEANINGS, reading_schema
from andante.risk import ALONE, PLAINLY, Indicator, Risk
from andante.risks import RISKS
from andante.sentences import MENDED_TOO, REASONS, SINCE_WORDS, WISHES
from andante.views.wording import CLIENT_LEVELS, CLIENT_STANCES
from andante.words import LEVEL_LABELS, SAFETY_LABELS, SOURCES, STANCE_LABELS

DOCS = Path(__file__).parent
MADE = "<!-- Made by `make docs` from the code: change {source}, not this page. -->"
HEADINGS = ("Asks", "Needs", "How", "Says nothing when", "Sources")
KINDS = {
    "surprise": "own usual",
    "drift": "own usual, slowly",
    "rule": "rule",
    "graded": "rule, graded",
    "line": "absolute line",
    "breach": "hard breach",
}
RESPONSES = {"say": "Say", "change": "Change", "supervise": "Take to supervision"}


def pages() -> dict[Path, str]:
    """Every page that comes from the code, as it has to be."""
    made = {DOCS / "session-table.md": columns.as_markdown(), DOCS / "risks" / "README.md": overview()}
    made |= {DOCS / "risks" / f"{risk.name}.md": page(risk) for risk in RISKS}
    made |= {path: filled(path.read_text(encoding="utf-8")) for path in sorted(DOCS.glob("*.md")) if path not in made}
    return made


# One risk, one page


def overview() -> str:
    """The ten on one page."""
    rows = [(str(n), f"[{r.name}]({r.name}.md)", r.title, r.client_title, r.asks) for n, r in enumerate(RISKS, 1)]
    lines = [
        "# The ten risks",
        "",
        MADE.format(source="src/andante/risks/"),
        "",
        "Pushing a client too hard can do ten kinds of harm. Andante asks ten questions, always in this order, and never adds the",
        "answers up. [How levels are made](../how-levels-are-made.md) is the same for all of them.",
        "",
        *table(("", "name", "on the therapist's screen", "in the client's words", "asks"), rows),
        "",
        "A fact votes once, in the first risk of this list that it belongs to; in others it may be shown as context.",
        "",
    ]
    return "\n".join(lines)


def page(risk: Risk) -> str:
    """What a risk asks, needs and sees, and what the two could do."""
    told = told_by(risk)
    place = RISKS.index(risk) + 1
    lines = [
        f"# {place} · {risk.name}: {risk.title}",
        "",
        MADE.format(source=f"src/andante/risks/{risk.name}.py"),
        "",
        f"**{risk.asks}** In the client's words: *{risk.client_title}*",
        "",
    ]
    for heading in HEADINGS[:-1]:
        lines += [f"**{heading}.** {capital(told[heading])}", ""]
    lines += [f"**Its own questions** ({QUIET}): {listed(risk.questions)}.", "", "## Indicators", ""]
    lines += table(("indicator", "reads", "speaks at", "kind", "fact and its source", "basis"), [row(i) for i in risk.indicators])
    lines += ["", BY_ITSELF]
    if not all(indicator.votes for indicator in risk.indicators):
        lines += ["", "*Context*: the fact votes in an earlier risk; here it is shown and makes no level."]
    lines += ["", "## What it says, and what clears it", ""]
    lines += table(("indicator", "says", "clears"), [(f"`{i.name}`", *words(i)) for i in risk.indicators])
    lines += ["", "## What the two could do", "", *(f"- *{RESPONSES[r.kind]}.* {r.text}" for r in risk.responses)]
    if risk.streams:
        lines += ["", f"**Weighed along with it** (they lean, and never vote): {listed(risk.streams)}."]
    if risk.not_yet:
        lines += ["", f"**Not yet** (named, and empty so far): {listed(risk.not_yet)}."]
    lines += ["", f"**Sources.** {capital(told['Sources'])}", "", "---", "", neighbors(place)]
    return "\n".join(lines) + "\n"


BY_ITSELF = (
    "*By itself*: a watch whatever the budget says. *Strong*: a watch unless the risk as a whole is calm "
    "([how levels are made](../how-levels-are-made.md))."
)
QUIET = "a level of *quiet* needs a current, informative answer to one of them"


def told_by(risk: Risk) -> dict[str, str]:
    """The parts of a risk file's docstring by heading."""
    text = inspect.getdoc(sys.modules[risk.module]) or ""
    parts = re.split(rf"^({'|'.join(HEADINGS)}):", text, flags=re.MULTILINE)[1:]
    return {heading: " ".join(part.split()) for heading, part in zip(parts[::2], parts[1::2], strict=True)}


def row(indicator: Indicator) -> tuple[str, ...]:
    """One line of the table of indicators."""
    marks = [KINDS[indicator.kind]]
    marks += (
        ["heat of the session"] * indicator.heat
        + ["settling"] * indicator.tells_settling
        + ["may be a habit"] * indicator.habit
        + ["wrong in itself"] * indicator.wrong_in_itself
        + ["*context*"] * (not indicator.votes)
    )
    source = SOURCES[indicator.source]
    fact = f"{indicator.fact.replace('_', ' ')}: {source}"
    return f"`{indicator.name}`", listed(indicator.columns), indicator.threshold, ", ".join(marks), fact, indicator.basis


def words(indicator: Indicator) -> tuple[str, str]:
    """What an indicator says, figures as stand-ins, and what clears it."""
    which = f"*{' or '.join(indicator.named) or 'measure'}*"
    says = indicator.says.format(observed="*now*", usual="*usual*", name=which)
    return capital(says) if indicator.says[0] != "{" else says, capital(indicator.clears.removeprefix("clears "))


def neighbors(place: int) -> str:
    """Links to the risk before and after."""
    links = [f"[{RISKS[n].name}]({RISKS[n].name}.md)" for n in (place - 2, place) if 0 <= n < len(RISKS)]
    return " · ".join(["[The ten](README.md)", *links])


# Blocks inside pages that are written by hand


def levels() -> Iterator[str]:
    """The four levels in both wordings."""
    signs = {"unknown": "dashed ring", "quiet": "dot", "watch": "triangle", "act": "diamond"}
    rows = [(f"`{name}`", signs[name], label, CLIENT_LEVELS[name]) for name, label in LEVEL_LABELS.items()]
    yield from table(("level", "sign", "to the therapist", "to the client"), rows)


def stances() -> Iterator[str]:
    """The stances in both wordings."""
    rows = [(f"`{name}`", label, CLIENT_STANCES[name]) for name, label in STANCE_LABELS.items()]
    yield from table(("stance", "to the therapist", "to the client"), rows)


def reasons() -> Iterator[str]:
    """Every reason a stance may have."""
    for text, since, judged in REASONS.values():
        yield f"- {text.format(evidence='*evidence*')}{SINCE_WORDS[since].format('*n*')}{'; *n* of 10 could be judged' * judged}."
    yield ""
    yield "That trust is mended, and what the client wants, is added where the reason does not say it:"
    yield ""
    yield from (f"- {text}" for text in (MENDED_TOO, *WISHES) if text)


def safety() -> Iterator[str]:
    """What the safety column may say."""
    yield from table(("safety", "means"), [(f"`{name}`", label) for name, label in SAFETY_LABELS.items()])


def reading_table() -> Iterator[str]:
    """Every column of the reading table."""
    fields = [*reading_schema(("R",), "date"), *reading_schema((), "day")]
    types = {field.name: str(field.type) for field in fields}
    yield from table(("column", "type", "meaning"), [(f"`{n}`", types[n], meaning) for n, meaning in READING_MEANINGS.items()])


def gates() -> Iterator[str]:
    """The gates that the evidence of a risk has to pass."""
    gates = weighing.gates()
    rows = [
        ("watch", f"{gates.watch:g}", "a watch, where a fact crosses"),
        ("act", f"{gates.act:g}", "an act, where two facts cross, or one does twice running after a *watch*"),
        ("calm", f"{alerts.CALM:g}", "what is strong makes a watch, and two strong facts an act"),
    ]
    yield from table(("gate", "log-odds", "from there on"), rows)


def strengths() -> Iterator[str]:
    """From which strength an indicator is strong, by kind, and what asks no gate."""
    yield from table(("kind of indicator", "strong from"), [(KINDS[kind], f"{least:g}") for kind, least in votes.STRONG_FROM.items()])
    yield ""
    yield (
        "What is wrong in itself, or a measure, stands by itself from there on: a watch; and where it is a rule, but for what the client "
        f"says of a session, an act with strength {votes.TWICE:g} in two successive rows, of a measure in two successive scores."
    )
    yield ""
    yield (
        f"What the client says again and again is a watch in {votes.CHRONIC_WATCH} answers running: a fixed rule that is plainly broken "
        f"(strength {PLAINLY:g}; of days until settled {ALONE:g}), or a rating of the session short of its absolute line (felt heard 5 or "
        "less; a 6 between does not end it). Short of a line, or wrong in itself, "
        f"it is an act in {votes.CHRONIC_ACT}. What the "
        f"therapist's record shows again and again, by a rule that is strong, is a watch in {votes.CHRONIC_WATCH} sessions running."
    )
    yield ""
    yield (
        "By themselves stand, where they are that strong: "
        + ", ".join(f"`{i.name}`" for risk in RISKS for i in risk.indicators if i.stands and i.votes)
        + "."
    )


def lines() -> Iterator[str]:
    """Every absolute line and hard breach."""
    found = [(r, i) for r in RISKS for i in r.indicators if i.kind in ("line", "breach")]
    rows = [(KINDS[i.kind], i.threshold, f"[{r.name}](risks/{r.name}.md)", i.basis) for r, i in found]
    yield from table(("", "at", "risk", "basis"), rows)


BLOCKS: dict[str, Callable[[], Iterator[str]]] = {
    made.__name__: made for made in (levels, stances, reasons, safety, reading_table, gates, strengths, lines)
}


def filled(text: str) -> str:
    """A page written by hand, with its blocks as the code has them now."""

    def block(found: re.Match[str]) -> str:
        return "\n".join((found[1], "", *BLOCKS[found[2]](), "", found[3]))

    return re.sub(r"(<!-- begin (\w+) -->).*?(<!-- end \2 -->)", block, text, flags=re.DOTALL)


# Markdown


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    """A Markdown table."""
    cells = [" | ".join(text.replace("|", "\\|") for text in line) for line in (head, *rows)]
    return [f"| {cells[0]} |", "|" + "---|" * len(head), *(f"| {line} |" for line in cells[1:])]


def listed(names: tuple[str, ...]) -> str:
    """Columns as links into the session table's page, measures by their kind."""
    return ", ".join(f"a measure of {n.removeprefix('measure:')} kind" if n.startswith("measure:") else f"`{n}`" for n in names)


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def main(arguments: list[str]) -> int:
    """Write the pages, or with --check only name those that are stale."""
    stale = [path for path, text in pages().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if "--check" in arguments:
        for path in stale:
            print(f"{path.relative_to(DOCS.parent)} is not what the code says. To mend it: make docs")
        return 1 if stale else 0
    (DOCS / "risks").mkdir(exist_ok=True)
    for path in stale:
        aside = path.with_suffix(".partial")
        aside.write_text(pages()[path], encoding="utf-8")
        aside.replace(path)
        print(f"made {path.relative_to(DOCS.parent)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
