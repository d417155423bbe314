"""Stored readings as the views' cases and caseload, ready to draw. What the service has not turned on is left out here.

caseload(clients)          the latest reading of many clients, those who need attention first: two queries
page(client, service)      everything that one client's page says and draws; None before the first reading
parts(page)                strip and room as HTML, from the same templates as the report
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.safestring import SafeString, mark_safe

from andante.reading import BRAKE, BRAKE_TALKED
from andante.records import reading_schema
from andante.risk import Risk
from andante.risks import NAMES, RISKS
from andante.sentences import REASONS
from andante.views import caseload as views
from andante.views import html, wording
from andante.words import STANCE_LABELS
from andante_clinic.bridge import readings, tables
from andante_clinic.journal.models import Reading, SlowDown
from andante_clinic.people.models import Client, Service

SCHEMA = reading_schema(NAMES, "date")
TO_TALK, TO_SETTLE = REASONS[BRAKE][0], REASONS[BRAKE_TALKED][0]  # while the brake holds: what is still to come


def risk(name: str) -> Risk | None:
    """One of the ten, by its name."""
    return next((risk for risk in RISKS if risk.name == name), None)


def response_text(risk_name: str, response: str) -> str:
    """What a chosen response says, in the risk's own words."""
    found = risk(risk_name)
    return next((r.text for r in found.responses if r.name == response), "") if found else ""


def stored(client: Client, view: tables.View) -> list[Reading]:
    """The current readings of one client in one view, oldest first: one query, and one more while the brake holds."""
    found = list(readings.current(view).filter(client=client))
    _say_what_was_talked_about(found[-1:])
    return found


def latest(clients: QuerySet[Client] | list[Client]) -> dict[int, Reading]:
    """The therapist's latest reading of each client, by the client's primary key: one query, and one more while a brake holds."""
    last = readings.current().filter(client=OuterRef("pk")).reverse().values("pk")[:1]
    wanted = Client.objects.filter(pk__in=clients).values_list(Subquery(last))
    found = list(Reading.objects.filter(pk__in=wanted).defer("details", "bands", "marks", "row"))
    _say_what_was_talked_about(found)
    return {reading.client_id: reading for reading in found}


def _say_what_was_talked_about(latest: list[Reading]) -> None:
    """Where the two have talked about a press within the time of the row in which it came, the reason says so.

    The instrument looks for a talk in a row after the press, and that row is not there yet (`wheel`): here the journal knows more.
    """
    waiting = [reading for reading in latest if reading.reading["stance_why"].startswith(TO_TALK)]
    if waiting:
        clients = [reading.client_id for reading in waiting]
        not_yet = set(SlowDown.objects.filter(client__in=clients, talked=None).values_list("client_id", flat=True))
        for reading in waiting:
            if reading.client_id not in not_yet:
                why = reading.reading["stance_why"].replace(TO_TALK, TO_SETTLE, 1)
                reading.reading = reading.reading | {"stance_why": why}


def caseload(clients: Iterable[Client], found: dict[int, Reading]) -> tuple[views.Line, ...]:
    """The lines of these clients that have a reading, those who need attention first."""
    rows = [_dated(found[c.pk].reading | {"client_id": c.code}) for c in clients if c.pk in found]
    table = pa.Table.from_pylist(rows, schema=SCHEMA)
    return views.gather(table, table).lines


def case(client: Client, view: tables.View, service: Service) -> views.Case | None:
    """One client's sessions, readings and evidence as the views know them; None before the first reading."""
    found = stored(client, view)
    if not found:
        return None
    code = {"client_id": client.code}
    said = pa.Table.from_pylist([_dated(_allowed(r.reading, service) | code) for r in found], schema=SCHEMA)
    details, bands, marks = (_rows(found, name, code) for name in ("details", "bands", "marks"))
    load = views.gather(readings.as_table([r.row for r in found]), said, details, bands, marks)
    return load.cases(load.lines)[0]


def _allowed(reading: dict[str, Any], service: Service) -> dict[str, Any]:
    """A reading without the research methods that the service has not turned on."""
    hidden = {"pace_ceiling": service.ceiling_on, "pace_confidence": service.ceiling_on, "outlook": service.outlook_on}
    return {name: value if hidden.get(name, True) else None for name, value in reading.items()}


def _dated(row: dict[str, Any]) -> dict[str, Any]:
    return {name: datetime.date.fromisoformat(value) if name == "date" and value else value for name, value in row.items()}


def _rows(found: list[Reading], name: str, code: dict[str, Any]) -> pa.Table | None:
    """What was stored beside these readings, each at the place where its session now stands."""
    rows = [_dated(row | code | {"row": place}) for place, reading in enumerate(found, 1) for row in getattr(reading, name)]
    return pa.Table.from_pylist(rows) if rows else None


ROOM_FOR_MORE = "Room for more, if you both want"


def stance(client: Client, reading: dict[str, Any]) -> str:
    """The stance in a word or two; without exposure or trauma work there is nothing to deepen, only room."""
    said = wording.stance(reading)
    return ROOM_FOR_MORE if reading.get("stance") == "deepen" and said == STANCE_LABELS["deepen"] and not client.demanding_work else said


def page(client: Client, service: Service) -> html.ClientPage | None:
    """Everything that the therapist's page of this client says and draws; None before the first reading."""
    found = case(client, "therapist", service)
    return html.client_page(found, "case") if found else None


@dataclass(frozen=True)
class Parts:
    """Drawn pieces of a client's page, safe to put into a template."""

    strip: SafeString
    signs: SafeString
    room: SafeString
    pace: SafeString
    measure: SafeString


def parts(drawn: html.ClientPage) -> Parts:
    """Strip, room and charts as HTML: the report's own templates, every word of a person escaped by them."""
    templates = html.environment()
    strips: Any = templates.get_template("strip.html").module
    clients: Any = templates.get_template("client.html").module
    svg = [chart.svg if chart else "" for chart in (drawn.pace, drawn.measure)]
    return Parts(*(mark_safe(str(piece)) for piece in (strips.strip(drawn), strips.signs(), clients.room(drawn), *svg)))  # noqa: S308  (escaped where they were made)
