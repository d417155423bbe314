"""Makes the manual's page on the budget: simulated clients are read, and the readings judged against the truth.

    python docs/budget.py        # some minutes (make figures)

The page carries the engine it was made by: a fingerprint of weights, priors and gates tells when it is out of date (a test
asks). Everything on the page is simulated.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

import andante
from andante import alerts, risk, votes, weighing
from andante.lab.cutoffs import ACT_BUDGET, WATCH_BUDGET, fixed_cutoffs
from andante.lab.figures import BASE_RATE, LATER, Figures, Share, judge
from andante.lab.pacing import PaceFigures, careful_step_rule, follow_ceiling, markdown, try_paces
from andante.lab.scenarios import JUDGING, TUNING
from andante.lab.simulator import Cohort, simulate
from andante.lab.sketch import personal_sketch
from andante.lab.worlds import WORLDS

PAGE = Path(__file__).with_name("the-budget.md")
CLIENTS, SERVICES = 500, range(201, 211)  # a seed is a service: its own course lengths, gaps, rhythm; none was fitted on
PACED, PACED_SEED = 600, 7
HEAD = "| clients | any watch, no harm (services) | any act, no harm (services) | act in time | watch or act in time | AUC |"

TEXT = """# The budget

<!-- Made by `make figures`: change docs/budget.py, not this page. -->

Made on {date} by Andante {version} (weights, priors and gates: `{fingerprint}`). **Everything here is simulated.** It says how the
engine behaves on invented clients of several unlike kinds. It does not say how it does in a service: for that, watch your own alerts.

Over all ten risks together an alert has a budget: on clients who come to no harm at most 15 % of sessions may show any *watch* or
worse, and at most 4 % any *act*. The absolute lines, the client's brake, hard breaches and safety stand outside it.
[How levels are made](how-levels-are-made.md) says what the budget moves.

## How it is measured

In each of ten invented services {clients} clients are in therapy. Half of them come to no harm: with ordinary ups and downs, bad
weeks from life, hard agreed work that settles, raters who always tick the end of the scale, gaps, no-shows. Their PHQ-9 and
GAD-7 fall about as far as in NHS Talking Therapies, and a few are reliably worse at the end. Each of the others comes to
exactly one of the ten harms, from a known session on. *In time* means: this harm's own level, from its first session up to {later}
later. AUC: how often this harm's score in that window is above one of a client without harm. Intervals are 95 %, from resampling whole
clients.

Seven families of clients are made in unlike ways. Weights and gates were fitted on six of them; **on `{judging}` nothing was ever
fitted**. The six are shown too, with other clients than those that were fitted on: expect them to look better than they should.
How it does on clients whom others invented stands in [limits](limits.md).

{compared}

{verdict}

*Fixed cut-offs*: the columns anyone would look at first, with the best two cut-offs for the same budget, chosen in each service itself.
*Personal sketch*: each answer beside the client's own running mean and spread, a few columns for each risk, cut-offs chosen in the same
way. Neither knows anything of the engine. How hard the families are was set by these two: fixed cut-offs find about half of the harms,
the sketch about four fifths. So what gives a harm away is a client's change, in several answers at once, and hardly a level.

## Harm by harm, on `{judging}`

{harms}

*any act*: an act of any of the ten. *AUC of highest*: the highest score in the window against the highest in a window of the same length.
*precision*: of the windows with an act of this risk, the share in which this harm began, if {base} % of clients come to harm, each harm as
often as the others. It is low for rare harms whatever the instrument: an alert opens a conversation, it is no finding.

## The pace ceiling

In a closed loop: {paced} clients in each of five invented worlds, 20 sessions. A policy chooses how demanding each session is; the
world answers; some clients leave, oftener after a session that was too much. *Step rule*: a careful clinician's, one up after a session
that was borne well, two down after one that was not, lighter on a bad day. *Ceiling*: the reading's `pace_ceiling`, to the nearest
half step, asked for with the answers before the session; *set ahead*: as it was said after the session before. All meet the same
clients and the same luck. Only *linear* is what the ceiling's model assumes. Its prior, and how far a strange answer counts, were
chosen in these worlds and some of others, with other clients: read the comparison as the most that can be hoped for. How it did in
worlds that nothing was chosen in stands in [limits](limits.md).

{worlds}

{pace}

*overwhelmed*: sessions that the client called too much (above 7). *felt so*: as it was, said or not. *left*: clients gone before
session 20. *work*: sum of intensity over sessions that did not overwhelm.
"""


def _rules_beside_the_weights() -> list[object]:
    from_votes = [votes.STRONG_FROM, votes.TWICE, votes.CHRONIC, votes.CHRONIC_WATCH, votes.CHRONIC_ACT]
    return [*from_votes, alerts.CALM, alerts.SETTLED, risk.WELL, risk.A_STEP, risk.UNLIKE, risk.RETURNING, weighing.STALE]


def fingerprint() -> str:
    """Of what the figures depend on most: weights and gates, priors, and what asks the gates less or not at all."""
    engine = Path(andante.__file__).parent
    known = [json.loads((engine / name).read_text("utf-8")) for name in ("weights.json", "priors.json")]
    text = json.dumps([*known, *_rules_beside_the_weights()], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Found:
    """What one family showed: figures over all services, and the budget's two shares in each of them."""

    figures: Figures
    watch: list[float]
    act: list[float]


def judged(family: str, read: Callable[[Cohort], pa.Table]) -> Found:
    """Readings of every service judged, one by one and together."""
    cohorts = [simulate(CLIENTS, family=family, seed=seed) for seed in SERVICES]
    readings = [read(cohort) for cohort in cohorts]
    single = [judge(table, cohort.truth) for table, cohort in zip(readings, cohorts, strict=True)]
    together = judge(pa.concat_tables(readings), pa.concat_tables(cohort.truth for cohort in cohorts))
    return Found(together, [one.harmless_watch.value for one in single], [one.harmless_act.value for one in single])


def engine(cohort: Cohort) -> pa.Table:
    return andante.read(cohort.sessions)


def plain(cohort: Cohort) -> pa.Table:
    return fixed_cutoffs(cohort.sessions, cohort.truth)


def sketched(cohort: Cohort) -> pa.Table:
    return personal_sketch(cohort.sessions, cohort.truth)


def row(name: str, found: Found) -> str:
    """One line of the table that compares: means over the ten harms, and the lowest of them."""
    figures = found.figures
    act, watch = (min(getattr(harm, level).value for harm in figures.harms) for level in ("act", "watch"))
    auc = min(harm.auc for harm in figures.harms)
    cells = (
        name,
        f"{figures.harmless_watch}; {_percent(min(found.watch))[:-2]} to {_percent(max(found.watch))}",
        f"{figures.harmless_act}; {_percent(min(found.act))[:-2]} to {_percent(max(found.act))}",
        f"{_percent(figures.act)}, lowest {_percent(act)}",
        f"{_percent(figures.watch)}, lowest {_percent(watch)}",
        f"{figures.auc:.2f}, lowest {auc:.2f}",
    )
    return f"| {' | '.join(cells)} |"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def paces() -> list[PaceFigures]:
    """The ceiling and the step rule in every world."""
    policies = {
        "ceiling": follow_ceiling(andante.read),
        "ceiling, set ahead": follow_ceiling(andante.read, ahead=True),
        "ceiling, rounded down": follow_ceiling(andante.read, whole=True),
        "step rule": careful_step_rule,
    }
    return try_paces(policies, clients=PACED, seed=PACED_SEED)


def place(share: Share, budget: float) -> str:
    """Where a share lies: "at" the budget where its interval includes it, else "within" or "above"."""
    return "within" if share.high < budget else "above" if share.low > budget else "at"


def verdict(found: dict[str, Figures], judging: str) -> str:
    """Whether the budget was kept: on clients nothing was fitted on, and which of the other families are above it."""
    places = {
        family: {"watch": place(figures.harmless_watch, WATCH_BUDGET), "act": place(figures.harmless_act, ACT_BUDGET)}
        for family, figures in found.items()
    }
    watch, act = places[judging].values()
    kept = f"both shares are {watch} the budget"
    if watch != act:
        kept = f"the share with any *watch* is {watch} the budget, the share with any *act* {act} it"
    others = {family: [f"any *{level}*" for level, at in by.items() if at == "above"] for family, by in places.items() if family != judging}
    above = [f"`{family}` ({' and '.join(levels)})" for family, levels in others.items() if levels]
    return (
        f"On clients nothing was fitted on, {kept}. Of the families that were fitted on, "
        f"{', '.join(above) or 'none'} {'are' if len(above) > 1 else 'is'} above it. "
        "*At* means that the interval includes the budget. Services differ: the ranges say by how much."
    )


def page() -> str:
    found = {family: judged(family, engine) for family in (JUDGING, *TUNING)}
    compared = [HEAD, "|" + "---|" * 6, row(f"**{JUDGING}** (judging)", found[JUDGING])]
    compared += [row(f"{family} (fitted on)", found[family]) for family in TUNING]
    compared += [
        row(f"{name} on {JUDGING}", judged(JUDGING, by)) for name, by in (("fixed cut-offs", plain), ("personal sketch", sketched))
    ]
    return TEXT.format(
        date=datetime.date.today().isoformat(),
        version=andante.__version__,
        fingerprint=fingerprint(),
        clients=CLIENTS,
        verdict=verdict({family: one.figures for family, one in found.items()}, JUDGING),
        later=LATER,
        judging=JUDGING,
        compared="\n".join(compared),
        harms=found[JUDGING].figures.markdown(),
        base=round(100 * BASE_RATE),
        paced=PACED,
        worlds="\n".join(f"- *{world.name}*: {world.says}" for world in WORLDS),
        pace=markdown(paces()),
    )


if __name__ == "__main__":
    aside = PAGE.with_suffix(".partial")
    aside.write_text(page(), encoding="utf-8")
    aside.replace(PAGE)
    sys.stdout.write(f"made {PAGE}\n")
