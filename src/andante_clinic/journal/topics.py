"""The ledger of issues: opening one, and what becomes of it, session by session."""

from __future__ import annotations

from andante_clinic.journal.models import Session, Topic, TopicEvent
from andante_clinic.people.models import Client

# What can happen to an issue in each state. A parked one is set aside by agreement: it is not counted as open.
STEPS = {
    Topic.State.OPEN: ("touched", "settled", "parked"),
    Topic.State.PARKED: ("touched", "settled"),
    Topic.State.SETTLED: ("resurfaced",),
}
BECOMES = {
    "opened": Topic.State.OPEN,
    "touched": Topic.State.OPEN,
    "resurfaced": Topic.State.OPEN,
    "settled": Topic.State.SETTLED,
    "parked": Topic.State.PARKED,
}


def begin(client: Client, session: Session, label: str) -> Topic:
    """An issue opened in this session, under a few words of the two."""
    topic = Topic.objects.create(client=client, label=label.strip())
    TopicEvent.objects.create(topic=topic, session=session, kind="opened")
    return topic


def note(topic: Topic, session: Session, kind: str) -> None:
    """What became of an issue in this session; said twice, it counts once. Raises ValueError for a step that makes no sense."""
    if topic.events.filter(session=session, kind=kind).exists():
        return
    if kind not in STEPS[topic.state]:
        raise ValueError(f"an issue that is {topic.state} cannot be {kind}")
    TopicEvent.objects.create(topic=topic, session=session, kind=kind)
    topic.state = BECOMES[kind]
    topic.save(update_fields=["state"])


def take_back(topic: Topic, session: Session, kind: str) -> None:
    """A slip of the finger: the event of this session goes, and the issue is what its other events make of it."""
    topic.events.filter(session=session, kind=kind).delete()
    last = topic.events.last()
    if last is None:
        topic.delete()
        return
    topic.state = BECOMES[last.kind]
    topic.save(update_fields=["state"])
