"""A session's check-ins, for the therapist: links and QR codes to offer, answers given on paper or in the room to enter."""

from __future__ import annotations

import io

import qrcode
import qrcode.image.svg
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_POST

from andante_clinic.bridge import readings
from andante_clinic.dashboard.record import session_or_404
from andante_clinic.journal import asking, checkins, questions
from andante_clinic.journal.models import Answer, CheckIn
from andante_clinic.people import audit
from andante_clinic.people.access import WRITE, Seen, for_client

BY_HAND = (CheckIn.Way.ROOM, CheckIn.Way.PAPER)  # the ways in which answers come that the therapist enters


@for_client(WRITE)
def check_ins(request: HttpRequest, seen: Seen, number: int) -> HttpResponse:
    """What was offered and what came. A private answer leaves no gap: only what is for the therapist is listed."""
    session = session_or_404(seen, number)
    found = {checkin.kind: checkin for checkin in session.checkins.filter(revoked=None)}
    offered = []
    for kind in CheckIn.Kind:
        checkin = found.get(kind.value)
        if checkin is None and not questions.applies(session, kind):
            continue
        entry = {"kind": kind, "checkin": checkin}
        if checkin is not None:
            link = request.build_absolute_uri(reverse("checkin", args=[checkins.token(checkin)]))
            entry |= {"link": link, "qr": _qr(link) if checkin.answerable else "", "answers": _answers(checkin)}
        offered.append(entry)
    return render(request, "dashboard/check_ins.html", {"seen": seen, "client": seen.client, "session": session, "offered": offered})


def _answers(checkin: CheckIn) -> list[tuple[str, str]]:
    shown = checkin.answers.filter(audience=Answer.Audience.THERAPIST, value__isnull=False)
    asked = {question.item: question for question in asking.questions(checkin)}
    return [(asked[a.item].text, asked[a.item].said(a.value)) for a in shown if a.item in asked]


def _qr(link: str) -> SafeString:
    picture = io.BytesIO()
    qrcode.make(link, image_factory=qrcode.image.svg.SvgPathImage, border=2, box_size=8).save(picture)
    svg = picture.getvalue().decode()
    return mark_safe(svg[svg.index("<svg") :].replace("<svg", '<svg class="qr" role="img" aria-label="QR code of the link"', 1))  # noqa: S308


def _checkin_or_404(seen: Seen, number: int, kind: str) -> CheckIn:
    checkin = session_or_404(seen, number).checkins.filter(kind=kind, revoked=None).first()
    if checkin is None:
        raise Http404("no such check-in")
    return checkin


@require_POST
@for_client(WRITE)
def offer(request: HttpRequest, seen: Seen, number: int, kind: str) -> HttpResponse:
    if kind not in CheckIn.Kind.values:
        raise Http404("no such check-in")
    session = session_or_404(seen, number)
    if not questions.applies(session, kind):
        raise Http404("no such check-in about this session")
    way = request.POST.get("way", "link")
    with readings.changing(seen.client):
        checkin = checkins.offer(session, kind, way if way in CheckIn.Way.values else "link")
    return redirect("enter_answers" if checkin.way != "link" else "checkins", *_address(seen, number, kind, checkin.way))


def _address(seen: Seen, number: int, kind: str, way: str) -> list[object]:
    return [seen.client.code, number, kind] if way != "link" else [seen.client.code, number]


@require_POST
@for_client(WRITE)
def revoke(request: HttpRequest, seen: Seen, number: int, kind: str) -> HttpResponse:
    checkin = _checkin_or_404(seen, number, kind)
    with readings.changing(seen.client):
        checkins.revoke(checkin)
    return redirect("checkins", seen.client.code, number)


@for_client(WRITE)
def enter_answers(request: HttpRequest, seen: Seen, number: int, kind: str) -> HttpResponse:
    """Answers that the client gave on paper or says in the room, entered by the therapist: private ways do not exist here."""
    checkin = _checkin_or_404(seen, number, kind)
    if request.method == "POST" and checkin.answerable:
        try:
            _enter(request, seen, checkin)
        except checkins.Unusable as problem:
            messages.error(request, f"Not entered: {problem}.")
            return redirect("enter_answers", seen.client.code, number, kind)
        return redirect("client", seen.client.code)
    context = {"seen": seen, "client": seen.client, "checkin": checkin, "session": checkin.session, "questions": asking.questions(checkin)}
    context["ways"] = [(way.value, way.label) for way in BY_HAND]
    context["link"] = reverse("checkin", args=[checkins.token(checkin)])
    return render(request, "dashboard/enter_answers.html", context)


def _enter(request: HttpRequest, seen: Seen, checkin: CheckIn) -> None:
    """Store the answers as entered by the therapist, and say so in the client's trail. Raises Unusable."""
    way = request.POST.get("way", "")
    if way not in BY_HAND:
        raise checkins.Unusable("say whether the client answered in the room or on paper")
    said = {item: checkins.Said(asking.number(request.POST.get(item, ""))) for item in checkin.questions}
    with readings.changing(seen.client):
        first = checkins.receive(checkin, said, way=way)
    if first:
        audit.record(seen.client.code, audit.actor_of(request.user), "entered the client's answers", f"checkin:{checkin.pk}", way=way)
