"""The session table in code: every column with its range, direction, unit, meaning and question.

This is the one place that knows the contract. `andante columns` and the manual print it, the readers check
against it, the check-in pages ask its questions, and `reading_schema` is what comes out.
Measures (phq9, pcl5, ...) are columns too; they live in `measures/catalogue` and join the contract there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import pyarrow as pa

from andante.errors import in_one_line
from andante.words import HIGHER_BETTER as UP
from andante.words import LOWER_BETTER as DOWN

Kind = Literal["text", "date", "number", "whole", "flag", "code"]
Stage = Literal["id", "attendance", "before", "between", "after", "wheel", "therapist", "transcript", "ending"]

_ARROW: dict[str, pa.DataType] = {"text": pa.string(), "code": pa.string(), "date": pa.date32(), "flag": pa.bool_()}
_SESSION, _FLOAT = pa.int64(), pa.float64()
LARGEST = 2**53 - 1  # beyond it neighboring whole numbers cannot be told apart in a table of floats


@dataclass(frozen=True)
class Column:
    """One column of the session table.

    `low` and `high` bound the values (None: no bound); `better` is the good end of the scale, or None where
    neither end is; `question` and `ends` are what a client is asked and the words at both ends; `may` marks what
    is asked only where it applies. An empty cell always means "not known".
    """

    name: str
    kind: Kind
    stage: Stage
    meaning: str
    low: float | None = None
    high: float | None = None
    better: str | None = None
    unit: str = ""
    codes: tuple[str, ...] = ()
    question: str = ""
    ends: tuple[str, str] = ("", "")
    may: bool = False

    @cached_property
    def numeric(self) -> bool:
        return self.kind in ("number", "whole")

    @property
    def steps(self) -> float:
        """How many steps a scale of whole answers has (infinite where it has no end)."""
        if self.low is None or self.high is None:
            return float("inf")
        return self.high - self.low + 1

    @property
    def worse(self) -> int:
        """+1 where higher is worse, -1 where lower is worse, 0 where neither is."""
        return {DOWN: 1, UP: -1}.get(self.better or "", 0)

    @cached_property
    def bounds(self) -> tuple[float, float]:
        """The lowest and the highest number that can be read in this column."""
        return -LARGEST if self.low is None else self.low, LARGEST if self.high is None else self.high

    @cached_property
    def arrow(self) -> pa.DataType:
        return _SESSION if self.name == "session" else _ARROW.get(self.kind, _FLOAT)

    def range_in_words(self) -> str:
        if self.kind == "code":
            return ", ".join(self.codes)
        if self.kind == "flag":
            return "true/false"
        if self.low is None and self.high is None:
            return {"text": "text", "date": "ISO 8601"}.get(self.kind, "number")
        if self.high is None:
            return f">= {self.low:g}"
        return f"{self.low:g} to {self.high:g}"

    def direction_in_words(self) -> str:
        """Which end is the good one; empty where neither is."""
        return f"{self.better} is better" if self.better else ""


def _rating(name: str, stage: Stage, better: str, meaning: str, question: str, ends: tuple[str, str], may: bool = False) -> Column:
    return Column(name, "number", stage, meaning, 0, 10, better, "points", question=question, ends=ends, may=may)


def _choice(
    name: str,
    stage: Stage,
    span: tuple[int, int],
    better: str | None,
    meaning: str,
    question: str,
    ends: tuple[str, str],
    may: bool = False,
) -> Column:
    return Column(name, "whole", stage, meaning, *span, better, "steps", question=question, ends=ends, may=may)


def _days(name: str, better: str, meaning: str, question: str, ends: tuple[str, str] = ("no day", "every day")) -> Column:
    return Column(name, "number", "between", meaning, 0, 7, better, "days", question=question, ends=ends)


def _count(name: str, meaning: str, stage: Stage = "therapist", unit: str = "times", better: str | None = DOWN) -> Column:
    return Column(name, "whole", stage, meaning, 0, None, better, unit)


def _flag(name: str, meaning: str, stage: Stage = "therapist") -> Column:
    return Column(name, "flag", stage, meaning)


def _share(name: str, meaning: str, better: str | None) -> Column:
    return Column(name, "number", "transcript", meaning, 0, 1, better, "share", may=True)


_CHECKIN = ("answered", "unanswered", "declined", "not_offered")

_SPEECH = (
    ("speech_talk_share", "the therapist's share of the talking", None),
    ("speech_questions", "share of the therapist's turns that are questions", None),
    ("speech_reflections", "share of the therapist's turns that reflect", UP),
    ("speech_permission", "share of the therapist's turns that ask permission or stress choice", UP),
    ("speech_pressure", "share of the therapist's turns that press", DOWN),
    ("speech_pushback", "share of the client's turns that push back", DOWN),
    ("speech_pressed_on", "share of the client's no-s that were pressed on", DOWN),
    ("speech_honoured", "share of the client's no-s that were honored", UP),
    ("speech_withdrawal", "share of the client's turns that withdraw", DOWN),
    ("speech_late_opening", "share of heavy openings that came in the last fifth", DOWN),
)

COLUMNS: tuple[Column, ...] = (
    Column("client_id", "text", "id", "pseudonymous id of the client"),
    Column("session", "whole", "id", "running number of the appointment; 0 may be the intake", 0, None),
    Column("date", "date", "id", "day of the appointment"),
    Column("day", "number", "id", "days since first contact, whole or fractional", unit="days"),
    Column("therapist_id", "text", "id", "pseudonymous id of the therapist"),
    Column("attendance", "code", "attendance", "did the session take place", codes=("attended", "late", "cancelled_by_client", "cancelled_by_service", "missed")),
    Column("absence_reason", "code", "attendance", "why not", codes=("practical", "ill", "about_therapy", "unknown")),
    Column("checkin_before", "code", "attendance", "what became of the check-in before the session", codes=_CHECKIN),
    Column("checkin_after", "code", "attendance", "what became of the check-in after the session", codes=_CHECKIN),
    # before the session, from the client
    _rating("before_distress", "before", DOWN, "how upset or tense right now", "How upset or tense are you right now?", ("calm", "as bad as it gets")),
    _rating("before_wellbeing", "before", UP, "how things have been since last time", "How have things been since last time?", ("very bad", "very good")),
    _rating("before_coping", "before", UP, "able to handle hard feelings today", "How able are you to handle hard feelings today?", ("not at all", "fully able")),
    _rating("before_ready", "before", UP, "willing to do what was planned", "How willing are you to do what we planned? Being nervous is fine.", ("rather not", "fully willing")),
    _choice("before_open", "before", (0, 2), DOWN, "something from last time still open or bothering", "Is something from last time still open or bothering you?", ("no", "a lot")),
    # between sessions, asked at the next check-in
    _rating("between_peak", "between", DOWN, "the worst it got since the previous session", "Since last time: how bad was the worst moment?", ("not bad", "as bad as it gets")),
    _days("between_settle", DOWN, "days until settled after the last session (7: not yet)", "How many days did it take to feel settled after the last session?", ("same day", "not yet")),
    _choice("between_from", "between", (0, 2), None, "where the hard part came from", "Where did the hard part of the week come from?", ("mostly life", "mostly our sessions"), may=True),
    _days("between_old_coping", DOWN, "days on the old way of coping that the client wants to leave", "On how many days did you use the old way of coping?"),
    _flag("old_coping_risky", "that old way of coping is dangerous in itself", "between"),
    _days("between_used", UP, "days on which something from therapy was used", "On how many days did you use something from therapy?"),
    _rating("between_intrusions", "between", DOWN, "unwanted memories, nightmares", "Unwanted memories or bad dreams: how much did they trouble you?", ("not at all", "as bad as it gets")),
    _choice("mid_settled", "between", (0, 2), UP, "settled two days after demanding work", "Two days on: do you feel settled again?", ("not yet", "yes"), may=True),
    # after the session, from the client
    _rating("after_overwhelm", "after", DOWN, "was it too much today", "Was it too much today?", ("just fine", "far too much")),
    _choice("after_pace", "after", (-2, 2), None, "pace of the session", "How was the pace today?", ("much too slow", "much too fast")),
    _rating("after_heard", "after", UP, "felt heard and respected", "Did you feel heard and respected?", ("not at all", "fully")),
    _choice("after_choice", "after", (0, 2), UP, "could have said no, stopped or changed course", "Could you have said no, stopped, or changed course?", ("no", "yes")),
    Column("after_helpful", "number", "after", "how helpful or hindering the session was", 1, 9, UP, "points", question="Was today helpful, or did it get in the way?", ends=("very hindering", "very helpful")),
    _rating("after_sense", "after", UP, "it makes sense, it can be taken home", "Does what we did make sense: can you take it home?", ("no sense", "full sense")),
    _rating("after_return", "after", UP, "wants to come back to this work", "Do you want to come back to this work?", ("not at all", "very much")),
    _rating("after_present", "after", UP, "here and present after the work", "How present do you feel now?", ("far away or numb", "here"), may=True),
    # the client's own wheel
    _count("client_slow", "presses of \"I need to slow down\" since the previous session", "wheel", "presses"),
    _choice("client_wish", "wheel", (-1, 1), None, "standing wish for the pace", "From here on, would you like to go ...", ("slower", "faster")),
    # the session, from the therapist
    Column("planned_intensity", "number", "therapist", "how demanding the work was planned to be", 0, 10, None, "points"),
    Column("intensity", "number", "therapist", "how demanding the work was", 0, 10, None, "points"),
    Column("led_by", "code", "therapist", "who led to the demanding part", codes=("client", "both", "therapist")),
    _flag("trauma_work", "trauma memories or exposure were worked on"),
    Column("prepared", "number", "therapist", "share of the readiness list met before this session's challenging work", 0, 1, UP, "share"),
    _flag("essentials", "consent to this step, current safety looked at, a way to stop agreed: all three"),
    _flag("consent", "consent to this step is recorded"),
    _count("limits_touched", "client-set limits touched without fresh consent"),
    _count("stops_overridden", "the client's stop or slow-down not honored"),
    Column("overrun_min", "number", "therapist", "minutes beyond the agreed end", 0, None, DOWN, "minutes"),
    Column("suds_start", "number", "therapist", "in-session distress at the start", 0, 10, DOWN, "points", may=True),
    Column("suds_peak", "number", "therapist", "in-session distress at its peak", 0, 10, DOWN, "points", may=True),
    Column("suds_end", "number", "therapist", "in-session distress at the end", 0, 10, DOWN, "points", may=True),
    _count("topics_opened", "issues opened this session", unit="issues", better=None),
    _count("topics_settled", "issues settled this session", unit="issues", better=None),
    _count("topics_open", "issues open after this session", unit="issues"),
    _count("topics_resurfaced", "settled issues that are back", unit="issues"),
    _flag("late_opening", "a heavy issue was opened in the last fifth of the session"),
    _count("sessions_left", "sessions until the agreed ending", unit="sessions", better=None),
    _flag("safety_flag", "a safety item was positive"),
    _flag("safety_reviewed", "the safety item was reviewed with the client"),
    _flag("responded", "what was raised has been talked about with the client since the last session"),
    _flag("supervised", "taken to supervision since the last session"),
    Column("overwhelm_line", "number", "therapist", "the client's own agreed line (default 7); overwhelm is above it", 0, 10, None, "points"),
    # from the transcript
    *(_share(name + end, meaning + more, better) for name, meaning, better in _SPEECH for end, more in (("", ""), ("_low", ": lower bound"), ("_high", ": upper bound"))),
    # how it ended: `ending` itself is kept for backtests, never read
    Column("ending", "code", "ending", "how the therapy ended", codes=("ongoing", "completed", "dropped_out", "referred", "other")),
    _rating("end_again", "ending", UP, "would seek therapy again", "Would you seek therapy again?", ("never", "certainly")),
    _choice("end_still", "ending", (0, 4), DOWN, "still bothered by something in therapy", "Does something in therapy still bother you?", ("not at all", "very much")),
)  # fmt: skip

COLUMN = {column.name: column for column in COLUMNS}
DEFAULT_OVERWHELM_LINE = 7.0  # where none is agreed (session table; ours, uncalibrated)


# A fall in an alliance measure that counts where no reliable change is published, as a share of its scale: about what follows
# from reliabilities of .9 and the usual spread of the WAI-SR and the SRS (Jacobson & Truax 1991; ours, uncalibrated).
ALLIANCE_CHANGE = 0.15


@dataclass(frozen=True)
class MeasureColumn:
    """A measure as a column: its id, range, good end, reliable change in raw points, domain and where these come from.

    `safe_to` is the highest total that can be reached while no safety item is positive; infinite where it has none.
    """

    name: str
    low: float
    high: float
    better: str
    reliable_change: float | None
    domain: str = "general"
    source: str = ""
    label: str = ""
    safe_to: float = float("inf")

    @property
    def worse(self) -> int:
        """1 where higher is worse, -1 where lower is."""
        return 1 if self.better == DOWN else -1

    @property
    def change(self) -> float | None:
        """The points that count as a change: the reliable change; of an alliance without a published one ALLIANCE_CHANGE; else None."""
        share = ALLIANCE_CHANGE * (self.high - self.low) if self.domain == "alliance" else None
        return self.reliable_change or share

    def as_column(self) -> Column:
        """As a column of the session table, said by the client before the session."""
        return Column(self.name, "number", "before", self.label or self.name, self.low, self.high, self.better, "points")


def session_schema(names: list[str], measures: tuple[MeasureColumn, ...] = ()) -> pa.Schema:
    """The Arrow types of a session table that has these columns (one row = one session)."""
    measured = {m.name: pa.float64() for m in measures}
    return pa.schema([(n, COLUMN[n].arrow if n in COLUMN else measured.get(n, pa.string())) for n in names])


def reading_schema(risks: tuple[str, ...], time: Literal["date", "day"]) -> pa.Schema:
    """The Arrow types of the reading table; `day` is repeated where that was given, else `date`."""
    fields: list[tuple[str, pa.DataType]] = [("client_id", pa.string()), ("session", pa.int64())]
    fields.append((time, pa.date32() if time == "date" else pa.float64()))
    for risk in risks:
        fields += [(f"{risk}_level", pa.string()), (f"{risk}_score", pa.float64())]
        fields += [(f"{risk}_since", pa.int64()), (f"{risk}_evidence", pa.string())]
    fields += [("stance", pa.string()), ("stance_why", pa.string()), ("judged", pa.int64())]
    fields += [("pace_ceiling", pa.float64()), ("pace_confidence", pa.float64())]
    fields += [("outlook", pa.float64()), ("safety", pa.string())]
    return pa.schema(fields)


# What each column of the reading table says; R stands for a risk's name.
READING_MEANINGS = {
    "client_id": "pseudonymous id of the client",
    "session": "running number of the appointment as given; in a table without numbers the place of the row",
    "date": "day of the appointment, where dates were given",
    "day": "days since first contact, where days were given",
    "R_level": "unknown, quiet, watch or act",
    "R_score": "0 to 1, orders by seriousness; no probability; empty when unknown",
    "R_since": "the session from which the level stands",
    "R_evidence": "names of the indicators that crossed, strongest first, joined by `;`; empty when none",
    "stance": "deepen, go_on, hold, ease or unknown",
    "stance_why": "the reason in one sentence",
    "judged": "how many of the ten risks could be judged",
    "pace_ceiling": "0 to 10, highest advisable intensity for the work still ahead; empty when it cannot be estimated, and while safety is open",
    "pace_confidence": "0 to 1: 1 - width of the 80 % interval / 10",
    "outlook": "0 to 1, probability that the main measure reliably worsens within its next four scores; not computed yet: always empty",
    "safety": "open, clear or not_asked",
}


_NUMBER_OR_DATE = re.compile(r"[-+]?\d+([.,]\d+)?([eE][-+]?\d+)?|\d{1,4}[-./]\d{1,2}[-./]\d{1,4}([T ][\d:.+Z-]+)?")


def showable(value: object, column: Column | None = None) -> str:
    """A value as an error may show it: numbers, dates and short single tokens; else only its length.

    Ids and free text are never shown, whatever they look like, unless they read as a number or a date. What cannot be seen
    never reaches a terminal as it is: it could move its cursor, or turn the line round.
    """
    text = str(value).strip()
    if _NUMBER_OR_DATE.fullmatch(text) and len(text) <= 40:
        return text
    private = column is not None and column.kind == "text"
    if not private and len(text) <= 20 and len(text.split()) == 1:
        return in_one_line(text)
    return f"text of {len(text)} characters"
