"""The demo: a service with a dozen clients, each with a different story over months, made by the simulator.

Ten of them are coming to one of the ten harms, two come to none. Their histories are those of the laboratory
(`andante.lab.simulator`), cut where the story is worth looking at and moved so that they end in these days.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from andante import flow
from andante.clients import gather
from andante.lab.simulator import simulate
from andante.risks import NAMES
from andante_clinic.bridge import entering, readings
from andante_clinic.journal import agreements, checkins, sessions
from andante_clinic.journal.models import CheckIn
from andante_clinic.people.models import Client, Service, Supervision, User

PASSWORD = "slow and steady"  # noqa: S105  (the demo's, printed for everybody; it serves on localhost only)
SEED, DRAWN, FAMILY = 7, 110, "thresholds"
DRAWN_COLUMNS = ("before_distress", "after_overwhelm", "after_heard", "between_settle", "intensity", "phq9")
LATER = 3  # sessions after the harm's first at which most stories are cut


@dataclass(frozen=True)
class Story:
    """One client of the demo: the harm they are coming to ("" for none), and how long the history may be."""

    name: str
    harm: str
    longest: int = 24


STORIES = (
    Story("Amal Haddad", "distress"),
    Story("Bruno Costa", "retraumatization"),
    Story("Chloe Martin", "disengagement"),
    Story("Dorota Nowak", "trust"),
    Story("Emre Yildiz", "integration"),
    Story("Farah Rahimi", "boundaries"),
    Story("Gwen Parry", "experience"),
    Story("Hugo Lindqvist", "regression"),
    Story("Ines Moreau", "unfinished"),
    Story("Jonas Weber", "ethics"),
    Story("Kofi Mensah", ""),
    Story("Lena Fischer", "", longest=7),
)
PEOPLE = (
    ("thea@demo.example", "Thea Brandt", "therapist"),
    ("omar@demo.example", "Omar Silva", "therapist"),
    ("sam@demo.example", "Sam Okafor", "supervisor"),
    ("max@demo.example", "Max Jansen", "manager"),
    ("ada@demo.example", "Ada Lind", "supervisor"),  # supervises nobody: the named person whom clients may tell instead
)
OF_OMAR = ("Ines Moreau", "Jonas Weber")  # Thea is an outsider to these two


@transaction.atomic
def make() -> None:
    """Make the service, its people and its clients, and compute every reading."""
    people = {email: User.objects.create_user(email, PASSWORD, name=name, role=role) for email, name, role in PEOPLE}
    thea, omar, sam, _, ada = people.values()
    Supervision.objects.create(supervisor=sam, therapist=thea)
    Supervision.objects.create(supervisor=sam, therapist=omar)
    service = Service.here()
    service.name, service.reader, service.ceiling_on = "Riverside Practice (demo)", "Sam Okafor", True
    service.third_person = ada
    service.crisis_numbers = "Emergency: 112; Crisis line: 116 123"
    service.complaints = "office@demo.example"
    service.save()
    for number, (story, rows) in enumerate(_histories()):
        client = _client(story, omar if story.name in OF_OMAR else thea, number)
        entering.enter(client, rows, timezone.localdate() - datetime.timedelta(days=1 + number % 6), hour=9 + number % 8)
        _finish(client, story, number)
        readings.recompute(client)


@dataclass(frozen=True)
class Candidate:
    """A simulated client: the harm they come to, from which session on, their rows, and for each row the risks that are raised."""

    harm: str
    onset: int | None
    rows: list[dict[str, Any]]
    raised: list[set[str]]

    def cut(self, longest: int) -> int:
        """How many rows are told: up to a few after the turn."""
        return min(longest, (self.onset or len(self.rows)) + LATER, len(self.rows))


def _histories() -> list[tuple[Story, list[dict[str, Any]]]]:
    """Each story with its rows from the simulator: of the clients with that harm, one in whom it shows and who answered much."""
    left = _candidates()
    told = []
    for story in STORIES:
        chosen = max((one for one in left if one.harm == story.harm), key=lambda one: _worth_telling(one, story))
        left.remove(chosen)
        told.append((story, chosen.rows[: chosen.cut(story.longest)]))
    return told


def _candidates() -> list[Candidate]:
    cohort = simulate(DRAWN, family=FAMILY, seed=SEED)
    levels = [f"{name}_level" for name in NAMES]
    read = flow.read(gather(cohort.sessions)).readings.select(["client_id", *levels])
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    raised: dict[str, list[set[str]]] = defaultdict(list)
    for row in cohort.sessions.to_pylist():
        rows[row["client_id"]].append(row)
    for row in read.to_pylist():
        raised[row["client_id"]].append({name for name in NAMES if row[f"{name}_level"] in ("watch", "act")})
    return [
        Candidate(truth["harm"], truth["onset"], rows[truth["client_id"]], raised[truth["client_id"]]) for truth in cohort.truth.to_pylist()
    ]


def _worth_telling(one: Candidate, story: Story) -> tuple[bool, bool, float]:
    """Long enough before and after its turn; at its end the harm shows, or nothing does; then how much was answered."""
    long_enough = len(one.rows) >= 8 and (one.onset is None or 5 <= one.onset <= len(one.rows) - LATER)
    at_the_end = one.raised[one.cut(story.longest) - 1]
    shows = story.harm in at_the_end if story.harm else not at_the_end
    known = sum(row.get(name) is not None for row in one.rows for name in DRAWN_COLUMNS)
    return long_enough, shows, known / len(one.rows)


def _client(story: Story, therapist: User, number: int) -> Client:
    return Client.objects.create(
        name=story.name,
        therapist=therapist,
        contact=("link", "room", "paper")[number % 3] if number else "link",
        contact_asked=timezone.localdate() - datetime.timedelta(days=30),
        stop_word="both hands flat on the table",
        old_coping="staying in bed all day" if story.harm == "regression" else "",
        language="de" if story.name == "Lena Fischer" else "en",
    )


def _finish(client: Client, story: Story, number: int) -> None:
    """What the next session brings: an appointment, its check-in, a plan, and for some a step that is asked about."""
    now = timezone.localtime()
    starts = now.replace(hour=9 + number % 8, minute=0, second=0, microsecond=0) + datetime.timedelta(days=1 + number % 4)
    session = sessions.book(client, starts)
    checkins.offer(session, CheckIn.Kind.BEFORE)
    agreements.agree(client, "preference", "tell me before we change the subject", said_by="client")
    if story.harm in ("", "distress", "ethics"):
        agreements.plan(session, intensity=5, trauma_work=False, step="write the letter that is never sent")
        agreements.ask_consent(session, session.planned_step)
        session.plan_shared = timezone.now()
        session.save(update_fields=["plan_shared"])
    if story.harm == "experience":
        checkins.slow_down(client)


def welcome(at: str) -> list[str]:
    """What the person who started the demo is told: where it is, who can sign in, a client's link to try."""
    links = [
        (client, at + reverse("checkin", args=[checkins.token(checkin)]))
        for client in Client.objects.filter(contact="link").order_by("pk")[:1]
        for checkin in CheckIn.objects.filter(session__client=client, kind="before", received=None).order_by("-session__number")[:1]
    ]
    people = [f"  {email:20} {role}" for email, _, role in PEOPLE]
    return [
        f"Andante's demo is open at {at}",
        "",
        f"Sign in as (password for all: {PASSWORD})",
        *people,
        "",
        *(f"A client's check-in ({client.name}), as on their phone: {link}" for client, link in links),
        "",
    ]
