"""The whole reading of a checked session table by plain loops: the oracle that the instrument must equal.

    for row in read(sessions.table, sessions.measures): ...     # one dictionary a row, as the reading table has it

`outlook` and `stance_why` are left out: words are held elsewhere.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from tests.reference import plain_ceiling
from tests.reference.plain_client import Client, Number, at_least, at_most, last_known, split_clients
from tests.reference.plain_events import Events
from tests.reference.plain_levels import ACT, QUIET, UNKNOWN, WATCH, Verdict, decide
from tests.reference.plain_usual import Usual

from andante.priors import shipped
from andante.records import MeasureColumn
from andante.risks import NAMES, RISKS

Verdicts = dict[str, Verdict]
MUST_BE_QUIET = ("distress", "trust", "boundaries")


def read(table: pa.Table, measures: tuple[MeasureColumn, ...]) -> list[dict[str, Any]]:
    """The readings of all clients, in the order of the table."""
    return [row for rows in split_clients(table) for row in read_client(rows, measures)]


def read_client(rows: list[dict[str, Any]], measures: tuple[MeasureColumn, ...]) -> list[dict[str, Any]]:
    client = Client(rows, measures)
    usual = Usual(client, dict(shipped().priors))
    events = Events(client, usual)
    verdicts = decide(client, usual, events)
    safety, braked = safety_path(client), brake(client)
    ceilings = plain_ceiling.estimate(client, events)
    out, hurts, braked_before, fixed_before = [], [], False, False
    for t in client.steps:
        at = {name: verdicts[name][t] for name in NAMES}
        hurts += [_breach(at) or events.ruptured(t)] if client.attended[t] else []
        row: dict[str, Any] = {"client_id": rows[t]["client_id"], "session": whole(client.session[t])}
        for name, v in at.items():
            row |= {f"{name}_level": v.level, f"{name}_score": v.score, f"{name}_since": whole(v.since)}
            row[f"{name}_evidence"] = ";".join(v.evidence) or None
        too_soon = any(hurts[-3:]) or braked_before or fixed_before or any(v.lasting for v in at.values())
        row["stance"] = stance(client, usual, events, at, safety[t], braked[t], too_soon, t)
        if client.attended[t]:
            braked_before, fixed_before = braked[t], any(at[name].fixed for name in MUST_BE_QUIET)
        row["judged"] = sum(v.level != UNKNOWN for v in at.values())
        row["pace_ceiling"], row["pace_confidence"] = ceilings[t] if safety[t] != "open" else (None, None)
        row["safety"] = safety[t]
        out.append(row)
    return out


def whole(number: Number) -> int | None:
    return None if number is None else int(number)


def safety_path(client: Client) -> list[str]:
    """Open until reviewed; clear where asked or reviewed; a row without a held session repeats what stood."""
    out: list[str] = []
    stands, risky = "not_asked", False
    for t in client.steps:
        if client.known("old_coping_risky", t):
            risky = client.true("old_coping_risky", t)
        days = client.number("between_old_coping", t)
        opens = client.true("safety_flag", t) or (risky and at_least(days, 1))
        asked = client.known("safety_flag", t) or (risky and days is not None)
        reviewed = client.true("safety_reviewed", t)
        if (opens or stands == "open") and not reviewed:
            stands = "open"
        elif asked or reviewed:
            stands = "clear"
        elif client.held[t]:
            stands = "not_asked"
        out.append(stands)
    return out


def brake(client: Client) -> list[bool]:
    """From a press until the two have talked and, then or later, the client says it is settled."""
    out: list[bool] = []
    on, spoken = False, False
    for t in client.steps:
        still_open, settle = client.number("before_open", t), client.number("between_settle", t)
        denied = at_least(still_open, 2) or at_least(settle, 7)
        settled = client.number("mid_settled", t) == 2 or (not denied and (still_open == 0 or at_most(settle, 2)))
        spoken = on and (spoken or client.true("responded", t))
        if on and spoken and settled:
            on = False
        if at_least(client.number("client_slow", t), 1):
            on, spoken = True, False
        out.append(on)
    return out


def _breach(at: Verdicts) -> bool:
    return any(i.kind == "breach" and i.name in at[r.name].evidence for r in RISKS for i in r.indicators)


def _answers_shown(at: Verdicts) -> int:
    """Facts that stand as evidence; those of two risks that one answer tells are one."""
    shown = set()
    for r in RISKS:
        for fact in at[r.name].facts:
            own = [i for i in r.indicators if i.fact == fact and i.votes]
            alone = [i.columns for i in own if len(i.columns) == 1 and i.source in ("self", "session", "measure")]
            shown.add(alone[0] if alone else (r.name, fact))
    return len(shown)


def stance(client: Client, usual: Usual, events: Events, at: Verdicts, safety: str, braked: bool, lately: bool, t: int) -> str:
    """The first rule that applies; `lately`: too soon after what speaks against going deeper."""
    acts = [name for name, v in at.items() if v.level == ACT]
    if safety == "open":
        return "hold"
    if _breach(at) or any(name in ("distress", "retraumatization", "boundaries", "ethics") for name in acts):
        return "ease"
    if braked or acts or _answers_shown(at) >= 2:
        return "hold"
    if sum(v.level != UNKNOWN for v in at.values()) < 3:
        return "unknown"
    return "deepen" if may_deepen(client, usual, events, at, safety, t) and not lately else "go_on"


def may_deepen(client: Client, usual: Usual, events: Events, at: Verdicts, safety: str, t: int) -> bool:
    wish = last_known(client.numbers("client_wish"), t)
    wishes = (events.too_slow(t) or wish == 1) and wish != -1 and not at_least(last_known(client.numbers("after_pace"), t), 1)
    quiet = all(at[name].level == QUIET and not at[name].fixed for name in MUST_BE_QUIET) and not any(
        v.level in (WATCH, ACT) for v in at.values()
    )
    left = last_known(client.numbers("sessions_left"), t)
    ending = left is not None and left < 4
    vetoed = usual.anything_uninformative(t) or ending or events.after_break(t) or client.true("safety_flag", t) or client.away(t)
    vetoed = vetoed or events.hard_week(t)
    number = client.attended_before[t] + 1 if client.session[t] is None else client.session[t]
    return wishes and quiet and not vetoed and at_least(number, 4)
