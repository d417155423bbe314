"""Worlds to try a pace in: what a session of a given intensity does to a client, session after session.

Beside the simulator in the laboratory. Here the pace is not given but chosen, each session, from what was said so
far; the world answers, and may lose the client. Only `linear` is what the ceiling's own model assumes. In the others
capacity grows and shrinks, weeks go bad unseen, levels jump, or clients say less than they feel. All figures are ours,
uncalibrated, set so that a careful clinician's step rule overwhelms in about one session in seven.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from andante.lab.people import autocorrelated
from andante.lab.streams import Array

MIDDLE = 5.0  # intensity and distress at which levels are stated


@dataclass
class Clients:
    """The clients of one run as they are now. `hidden` is the world's own; `distress` (clients, sessions) is drawn beforehand."""

    distress: Array
    now: int = 0
    sore: Array = field(default_factory=lambda: np.zeros(0))  # distress left by the last overwhelming session
    hidden: dict[str, Array] = field(default_factory=dict)

    def today(self) -> Array:
        return np.asarray(self.distress[:, self.now] + self.sore)


@dataclass(frozen=True)
class World:
    """One way the world may be. `begin` draws clients, `feel` says how much a session was felt to be too much (0-10 and beyond)."""

    name: str
    says: str  # what is special, in one line

    def begin(self, clients: int, sessions: int, rng: np.random.Generator) -> Clients:
        level = np.clip(rng.normal(4.8, 1.3, clients), 1.5, 8)
        wave = autocorrelated(rng, (clients, sessions), rng.uniform(0.2, 0.6, clients))
        body = Clients(level[:, None] + 1.3 * wave, sore=np.zeros(clients))
        body.hidden = self.draw(clients, sessions, rng)
        return body

    def draw(self, clients: int, sessions: int, rng: np.random.Generator) -> dict[str, Array]:
        raise NotImplementedError

    def feel(self, body: Clients, intensity: Array, rng: np.random.Generator) -> Array:
        raise NotImplementedError

    def tell(self, body: Clients, felt: Array) -> Array:
        """What the client says of it. Most worlds: what was felt."""
        return felt


@dataclass(frozen=True)
class Linear(World):
    """Overwhelm is a line in intensity and distress with normal noise: the ceiling's own model."""

    name: str = "linear"
    says: str = "a straight line of one's own, as the ceiling assumes"

    def draw(self, clients: int, sessions: int, rng: np.random.Generator) -> dict[str, Array]:
        return {
            "level": rng.normal(4.2, 1.2, clients),
            "slope": np.clip(rng.normal(0.7, 0.2, clients), 0.2, 1.3),
            "by_distress": np.clip(rng.normal(0.35, 0.15, clients), 0, 0.9),
            "noise": np.exp(rng.normal(np.log(1.75), 0.15, clients)),
        }

    def feel(self, body: Clients, intensity: Array, rng: np.random.Generator) -> Array:
        h = body.hidden
        mean = h["level"] + h["slope"] * (intensity - MIDDLE) + h["by_distress"] * (body.today() - MIDDLE)
        return np.asarray(mean + h["noise"] * rng.standard_normal(len(mean)))


@dataclass(frozen=True)
class Growing(World):
    """Nothing much below capacity, far too much above it. Work that is borne builds capacity; too much of it takes some away."""

    name: str = "growing"
    says: str = "a threshold that well-borne work raises and overwhelm lowers"

    def draw(self, clients: int, sessions: int, rng: np.random.Generator) -> dict[str, Array]:
        return {
            "capacity": np.clip(rng.normal(6.2, 1.1, clients), 3, 9),
            "learns": rng.gamma(3.0, 0.035, clients),
            "steep": np.exp(rng.normal(np.log(0.75), 0.2, clients)),
            "noise": rng.uniform(0.8, 1.5, clients),
        }

    def feel(self, body: Clients, intensity: Array, rng: np.random.Generator) -> Array:
        h = body.hidden
        beyond = intensity - h["capacity"] + 0.35 * (body.today() - MIDDLE)
        felt = 1 + 9.5 / (1 + np.exp(-h["steep"] * (beyond - 0.3))) + h["noise"] * rng.standard_normal(len(beyond))
        used = np.clip(1 - np.abs(intensity - h["capacity"] + 1) / 4, 0, 1)
        h["capacity"] = np.clip(h["capacity"] + np.where(felt > 7.5, -0.35, h["learns"] * used), 2, 10)
        return np.asarray(felt)


@dataclass(frozen=True)
class BadWeeks(World):
    """A line with heavy-tailed noise, and weeks in which the client bears far less; only half of them can be seen beforehand."""

    name: str = "bad weeks"
    says: str = "heavy tails, and weeks in which far less is borne, half of them unseen"

    def draw(self, clients: int, sessions: int, rng: np.random.Generator) -> dict[str, Array]:
        bad = rng.random((clients, sessions)) < 0.12
        return {
            "level": rng.normal(4.3, 1.2, clients),
            "slope": np.clip(rng.normal(0.65, 0.2, clients), 0.15, 1.3),
            "worse": np.where(bad, rng.gamma(4.0, 0.7, (clients, sessions)), 0.0),
            "seen": (rng.random((clients, sessions)) < 0.5).astype(float),
        }

    def begin(self, clients: int, sessions: int, rng: np.random.Generator) -> Clients:
        body = World.begin(self, clients, sessions, rng)
        body.distress = body.distress + 0.8 * body.hidden["worse"] * body.hidden["seen"]
        return body

    def feel(self, body: Clients, intensity: Array, rng: np.random.Generator) -> Array:
        h = body.hidden
        mean = h["level"] + h["slope"] * (intensity - MIDDLE) + 0.25 * (body.distress[:, body.now] + body.sore - MIDDLE)
        return np.asarray(mean + 0.75 * h["worse"][:, body.now] + 1.1 * rng.standard_t(3, len(mean)))


@dataclass(frozen=True)
class Drifting(World):
    """What can be borne lies on one of three levels and jumps between them, unannounced, staying for some sessions."""

    name: str = "drifting"
    says: str = "what can be borne jumps between levels and stays there for a while"

    def draw(self, clients: int, sessions: int, rng: np.random.Generator) -> dict[str, Array]:
        place = np.zeros((clients, sessions))
        place[:, 0] = rng.choice([-1, 0, 1], clients, p=[0.2, 0.6, 0.2])
        for k in range(1, sessions):
            jump = rng.random(clients) < 0.1
            place[:, k] = np.where(jump, rng.choice([-1, 0, 1], clients, p=[0.25, 0.5, 0.25]), place[:, k - 1])
        return {
            "place": place * rng.uniform(1.0, 2.5, (clients, 1)),
            "level": rng.normal(4.3, 1.1, clients),
            "curve": np.exp(rng.normal(np.log(0.055), 0.25, clients)),
        }

    def feel(self, body: Clients, intensity: Array, rng: np.random.Generator) -> Array:
        h = body.hidden
        steeper = h["curve"] * (intensity**2 - MIDDLE**2) + 0.3 * (body.today() - MIDDLE)
        return np.asarray(h["level"] + steeper - h["place"][:, body.now] + rng.normal(0, 1.55, len(intensity)))


@dataclass(frozen=True)
class Understating(World):
    """Half of the clients say up to two points less than they feel, and leave sooner than their answers would suggest."""

    name: str = "understating"
    says: str = "half of the clients say less than they feel"

    def draw(self, clients: int, sessions: int, rng: np.random.Generator) -> dict[str, Array]:
        return {
            "level": rng.normal(4.7, 1.2, clients),
            "slope": np.clip(rng.normal(0.75, 0.2, clients), 0.2, 1.4),
            "less": np.where(rng.random(clients) < 0.5, rng.uniform(0.5, 2.0, clients), 0.0),
            "memory": np.zeros(clients),
        }

    def feel(self, body: Clients, intensity: Array, rng: np.random.Generator) -> Array:
        h = body.hidden
        mean = h["level"] + h["slope"] * (intensity - MIDDLE) + 0.3 * (body.today() - MIDDLE) + 0.3 * h["memory"]
        noise = np.where(rng.random(len(mean)) < 0.15, 2.8, 1.4) * rng.standard_normal(len(mean))
        h["memory"] = np.clip(0.5 * h["memory"] + 0.25 * (mean + noise - 5), -1.5, 1.5)
        return np.asarray(mean + noise)

    def tell(self, body: Clients, felt: Array) -> Array:
        return np.asarray(felt - body.hidden["less"] * (felt > 3))


WORLDS: tuple[World, ...] = (Linear(), Growing(), BadWeeks(), Drifting(), Understating())
