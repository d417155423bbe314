"""The one gate: who may open which page, and whose record. Every page passes through one of four rules here.

    open_to_all(why)             no login: says why that is right
    for_people(role, ...)        someone who works here, in one of these roles
    for_client(right, ...)       someone with one of these rights to the client whose code is in the address
    (a page without a rule is refused by `people.middleware`, and fails a test)

Rights to a client: `write` (their therapist), `supervise` (that therapist's supervisor: reads, acknowledges,
answers), `glass` (a manager who broke the glass: reads, for an hour). No right reads as "not found": an
outsider does not learn that the client exists. Whatever is seen or changed through `for_client` is entered in
the audit trail here, so that no page can forget it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from andante_clinic.people import audit
from andante_clinic.people.models import BreakGlass, Client, Service, Supervision, User

WRITE, SUPERVISE, GLASS = "write", "supervise", "glass"
READ = (WRITE, SUPERVISE, GLASS)

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Rule:
    """What a page asks of the person before it, for the middleware and the matrix of pages and persons."""

    kind: str  # "open", "people", "client"
    allowed: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Seen:
    """A client, and the right by which the person before the page may see them."""

    client: Client
    right: str

    @property
    def may_write(self) -> bool:
        return self.right == WRITE


def right_to(user: User, client: Client) -> str | None:
    """The strongest right of this person to this client, or None."""
    if client.therapist_id == user.pk and user.is_therapist:
        return WRITE
    if user.is_supervisor and Supervision.objects.filter(supervisor=user, therapist_id=client.therapist_id, until=None).exists():
        return SUPERVISE
    if user.is_manager and BreakGlass.objects.filter(manager=user, client=client, until__gt=timezone.now()).exists():
        return GLASS
    return None


def client_or_404(user: User, code: str, allowed: tuple[str, ...] = READ) -> Seen:
    """The client of this code and the right to them. Raises Http404 where there is no such right, or no such client."""
    client = Client.objects.select_related("therapist").filter(code=code).first()
    right = right_to(user, client) if client is not None else None
    if client is None or right not in allowed:
        raise Http404("no such page")
    return Seen(client, right)


def _in_care() -> Q:
    """Whom lists show: clients in therapy, and those whose therapy has ended while something they said still waits for a person."""
    unsafe = Client.objects.filter(safety_items__isnull=False, safety_items__reviewed=None).values("pk")
    braking = Client.objects.filter(Q(slow_downs__talked=None) | Q(slow_downs__settled=None), slow_downs__isnull=False).values("pk")
    return Q(ended=None) | Q(pk__in=unsafe) | Q(pk__in=braking)


def clients_of(user: User) -> QuerySet[Client]:
    """The clients of a therapist's own, for lists."""
    return Client.objects.filter(_in_care(), therapist=user) if user.is_therapist else Client.objects.none()


def clients_supervised_by(user: User) -> QuerySet[Client]:
    """The clients of every therapist whom this person supervises, for lists."""
    if not user.is_supervisor:
        return Client.objects.none()
    tied = Supervision.objects.filter(supervisor=user, until=None).values("therapist")
    return Client.objects.filter(_in_care(), therapist__in=tied)


def enter_list(request: HttpRequest, clients: list[Client]) -> None:
    """Enter in each client's trail that they stood on a list that was shown."""
    actor, what = audit.actor_of(request.user), _page(request)
    audit.enter([audit.Act(client.code, actor, "saw", what) for client in clients])


def open_to_all(why: str) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.rule = Rule("open", why=why)  # type: ignore[attr-defined]
        return view

    return mark


def for_people(*roles: str) -> Callable[[View], View]:
    """A page for people in these roles; for others it does not exist."""

    def wrap(view: View) -> View:
        @wraps(view)
        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not any(getattr(request.user, f"is_{role}") for role in roles):
                raise Http404("no such page")
            return view(request, *args, **kwargs)

        page.rule = Rule("people", roles)  # type: ignore[attr-defined]
        return page

    return wrap


def for_client(*allowed: str) -> Callable[[View], View]:
    """A page of one client; the view gets `Seen` in place of the code."""

    def wrap(view: View) -> View:
        @wraps(view)
        def page(request: HttpRequest, code: str, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            seen = client_or_404(request.user, code, allowed)
            response = view(request, seen, *args, **kwargs)
            if response.status_code < 400:
                verb = "saw" if request.method in ("GET", "HEAD") else "changed"
                more = {"by": "broken glass"} if seen.right == GLASS else {}
                audit.record(seen.client.code, audit.actor_of(request.user), verb, _page(request), **more)
            return response

        page.rule = Rule("client", allowed)  # type: ignore[attr-defined]
        return page

    return wrap


def _page(request: HttpRequest) -> str:
    match = request.resolver_match
    return f"page:{match.view_name}" if match else "page"


def person(request: HttpRequest) -> dict[str, Any]:
    """For every template: the person before the page, or None on a client's phone and before logging in."""
    user = getattr(request, "user", None)
    known = user if user is not None and user.is_authenticated else None
    return {"person": known, "confided_to": lambda: known is not None and Service.here().third_person_id == known.pk}
