"""Whether a risk can be judged: has the client, or the record, answered one of its own questions lately?

Below `alerts`, which lets no level fall to quiet without such an answer. What is always at one and the same end of its scale
says nothing (`usual`), and an answer grows old with the sessions that bring no other.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from andante.history import History
from andante.kernels import steps
from andante.kernels.compiled import compiled
from andante.risk import Risk
from andante.usual import DAYS, NO_WAY_OF_ANSWERING, Usual

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# What lies at its worst end as long as nothing was agreed, or nothing is better to be had, and says nothing of how somebody is.
NO_RATING = (*DAYS, *NO_WAY_OF_ANSWERING)
SILENT_SESSIONS = 3  # attended sessions without an answer to a risk's own questions after which it is unknown (contract)


def current(risks: tuple[Risk, ...], history: History, usual: Usual) -> Bools:
    """Whether each risk has an informative answer to its own questions in the last three attended sessions: `[R, T, C]`.

    Nor can it be judged by its other questions where a rating of it has never left the worst end: they do not say that this is well.
    """
    found, always_worst = np.zeros((len(risks), *history.shape), dtype=np.bool_), np.empty(history.shape, np.bool_)
    for risk, out in zip(risks, found, strict=True):
        always_worst[:] = False
        for name in (name for question in risk.questions for name in _columns_of(question, history)):
            worst = np.nan if name in NO_RATING else usual.worst(name)
            _answered_lately(history[name], usual.uninformative(name), worst, history.attended, history.held, out, always_worst)
        out &= ~always_worst
        if "between_old_coping" in risk.questions:
            out &= ~_risky_days(history)
    return found


def _risky_days(history: History) -> Bools:
    """Where the last answer told of days of a way of coping that is dangerous in itself: the safety path has them, and no risk is
    quiet on them."""
    risky, days = (steps.last_known(history[name]) for name in ("old_coping_risky", "between_old_coping"))
    return np.asarray((risky == 1) & (days >= 1))


def _columns_of(question: str, history: History) -> list[str]:
    """The columns of one question of a risk: itself, or every measure of a domain."""
    if question.startswith("measure:"):
        return [measure.name for measure in history.measures(question.removeprefix("measure:"))]
    return [question] if history.has(question) else []


@compiled
def _answered_lately(
    answers: Floats, uninformative: Bools, worst: float, attended: Bools, held: Bools, out: Bools, always_worst: Bools
) -> None:
    """True as well where the latest answer to a question says something and is no older than the last three attended sessions;
    `always_worst` where all answers are the `worst` there is (NaN: there is none).

    A row that is still ahead is no session without an answer, until another one follows it.
    """
    age, latest = np.full(answers.shape[1], SILENT_SESSIONS, np.int32), np.full(answers.shape[1], np.nan)
    for step in range(answers.shape[0]):
        for client in range(answers.shape[1]):
            answered = answers[step, client] == answers[step, client]
            lately = answered | (age[client] + held[step, client] < SILENT_SESSIONS)
            out[step, client] |= lately & (not uninformative[step, client])
            latest[client] = answers[step, client] if answered else latest[client]
            always_worst[step, client] |= uninformative[step, client] & (latest[client] == worst)
            age[client] = np.int32(0) if answered else np.int32(age[client] + attended[step, client])
