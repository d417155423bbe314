"""Near misses: what is near, and what is not."""

from __future__ import annotations

import pytest

from andante.intake.names import did_you_mean, nearest, squeeze
from andante.records import COLUMN


@pytest.mark.parametrize(
    ("name", "squeezed"), [("PHQ-9", "phq9"), ("before_distress", "beforedistress"), ("Größe 2", "größe2"), ("--", "")]
)
def test_squeezing_leaves_letters_and_digits(name, squeezed):
    assert squeeze(name) == squeezed


@pytest.mark.parametrize("name", ["room", "med", "x", "notes", "", "id_of_room", "sum", "total score"])
def test_what_is_like_nothing_of_ours(name):
    assert nearest(name, COLUMN) is None


def test_a_usual_name_is_only_offered_where_its_column_is_wanted():
    assert nearest("patient", ["client_id", "session"]) == "client_id"
    assert nearest("patient", ["session"]) is None


def test_hints_in_words():
    assert did_you_mean("attendence", COLUMN) == "; did you mean attendance?"
    assert did_you_mean("zzz", COLUMN) == ""
