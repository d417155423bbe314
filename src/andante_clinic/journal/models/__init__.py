"""The journal's tables, one idea a file."""

from andante_clinic.journal.models.agreements import Agreement, Consent, LimitTouch, Readiness, Wish
from andante_clinic.journal.models.checkins import Answer, CheckIn, ServiceItem, SlowDown
from andante_clinic.journal.models.readings import Reading, Response, SupervisionNote
from andante_clinic.journal.models.safety import SafetyItem
from andante_clinic.journal.models.sessions import MeasureScore, Session
from andante_clinic.journal.models.topics import Topic, TopicEvent

__all__ = [
    "Agreement",
    "Answer",
    "CheckIn",
    "Consent",
    "LimitTouch",
    "MeasureScore",
    "Readiness",
    "Reading",
    "Response",
    "SafetyItem",
    "ServiceItem",
    "Session",
    "SlowDown",
    "SupervisionNote",
    "Topic",
    "TopicEvent",
    "Wish",
]
