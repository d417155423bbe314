"""What the two do about a raised risk: chosen, tried, helped; or "I disagree, because", with equal weight."""

from __future__ import annotations

from andante_clinic.journal.models import Response
from andante_clinic.people.models import Client, User


def choose(client: Client, session: int, risk: str, response: str, by: User) -> Response:
    """One of the risk's responses is chosen; choosing another for the same session replaces it."""
    Response.objects.filter(client=client, session=session, risk=risk, tried="").delete()
    return Response.objects.create(client=client, session=session, risk=risk, response=response, by=by)


def disagree(client: Client, session: int, risk: str, because: str, by: User) -> Response:
    """The therapist disagrees, with a reason. Raises ValueError without one."""
    if not because.strip():
        raise ValueError("a disagreement has a reason")
    return Response.objects.create(client=client, session=session, risk=risk, disagreement=because.strip(), by=by)


def say_tried(response: Response, tried: str) -> None:
    response.tried = tried
    response.save(update_fields=["tried"])


def say_helped(response: Response, helped: str) -> None:
    """What the two think; asked after two sessions."""
    response.helped = helped
    response.save(update_fields=["helped"])
