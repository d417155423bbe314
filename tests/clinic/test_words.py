"""The client's pages in every language: complete, compiled as they stand, and marked where nobody has reviewed them."""

import re
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from tests.clinic.pages import text

import andante_clinic
from andante_clinic import languages
from andante_clinic.checkin.words import words
from andante_clinic.journal import agreements, checkins
from andante_clinic.journal.models import CheckIn
from andante_clinic.people import pins
from andante_clinic.people.models import Service

HERE = Path(andante_clinic.__file__).parent
TRANSLATED = [code for code, _ in settings.LANGUAGES if code != "en"]


def source(language):
    return polib.pofile(str(HERE / "locale" / language / "LC_MESSAGES" / "django.po"))


def shown():
    """Every text that a client's page may show."""
    found = set(words())
    for template in [*(HERE / "templates" / "checkin").glob("*.html"), HERE / "templates" / "dashboard" / "together.html"]:
        text = template.read_text(encoding="utf-8")
        found |= {match[1] for match in re.findall(r"""\{% translate (["'])(.*?)\1""", text)}
        blocks = re.findall(r"\{% blocktranslate[^%]*%\}(.*?)\{% endblocktranslate %\}", text, re.DOTALL)
        found |= {re.sub(r"\{\{ *(\w+) *\}\}", r"%(\1)s", block) for block in blocks}
    return found | set(re.findall(r'\b_\("(.*?)"\)', (HERE / "bridge" / "own_words.py").read_text(encoding="utf-8")))


def test_the_list_of_texts_is_not_empty():
    assert {"How upset or tense are you right now?", "skip", "I need to slow down", "as usual for you"} <= shown()


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_translation_is_complete_and_holds_nothing_else(language):
    known = {entry.msgid for entry in source(language) if entry.translated()}
    assert sorted(shown() - known) == []
    assert sorted(known - shown()) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_names_and_numbers_survive_the_translation(language):
    parts = re.compile(r"%\(\w+\)s|\{\w+\}")
    wrong = [entry.msgid for entry in source(language) if sorted(parts.findall(entry.msgid)) != sorted(parts.findall(entry.msgstr))]
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_compiled_file_says_what_the_source_says(language):
    compiled = polib.mofile(str(HERE / "locale" / language / "LC_MESSAGES" / "django.mo"))
    assert {e.msgid: e.msgstr for e in compiled} == {e.msgid: e.msgstr for e in source(language) if e.translated()}


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_nobody_reviewed_is_marked_in_its_file(language):
    assert (source(language).metadata.get("X-Review") == "translation not reviewed") == (language not in settings.REVIEWED)


def test_a_service_adds_a_language_with_one_file(tmp_path):
    entry = polib.POFile()
    entry.metadata = {"Content-Type": "text/plain; charset=utf-8", "X-Review": "read by two clinicians and five clients"}
    entry.append(polib.POEntry(msgid="skip", msgstr="overslaan"))
    place = tmp_path / "nl" / "LC_MESSAGES"
    place.mkdir(parents=True)
    entry.save_as_mofile(str(place / "django.mo"))
    found, reviewed = languages.find([tmp_path, HERE / "locale"])
    assert found == [("en", "English"), ("nl", "Nederlands"), ("de", "Deutsch")]
    assert reviewed == ["en", "nl"]


def pages_of(client_record, upcoming, client):
    """Every page of a client in every state that it has, as a phone would show it."""
    Service.objects.update_or_create(pk=1, defaults={"reader": "Sam"})
    client_record.sessions_rated_in_full, client_record.old_coping = True, "xxx"
    client_record.save()
    agreements.plan(upcoming, intensity=6, trauma_work=True, step="xxx")
    agreements.ask_consent(upcoming, "xxx")
    upcoming.plan_shared = timezone.now()
    upcoming.save()
    links = {kind: checkins.token(checkins.offer(upcoming, kind)) for kind in ("before", "after", "mid", "exit")}
    for kind, link in links.items():
        yield kind, client.get(reverse("checkin", args=[link]))
    link = links["before"]
    yield "slowed", client.post(reverse("slow_down", args=[link]), follow=True)
    yield "door", client.get(reverse("mine", args=[link]))
    yield "wrong code", client.post(reverse("mine", args=[link]), {"code": "x", "pin": "1"})
    client.post(reverse("mine", args=[link]), {"code": pins.make_room_code(client_record), "pin": "4711"})
    yield "own page", client.get(reverse("mine", args=[link]))
    client.post(reverse("mine_settled", args=[link]))
    client.post(reverse("mine_say", args=[link]), {"kind": "limit", "words": "xxx"})
    consent = agreements.asked_of(client_record).get()
    for said in ({"consent": "yes"}, {"take_back": "1"}, {"consent": "not_today"}):
        client.post(reverse("mine_consent", args=[link]), {"pk": consent.pk, **said})
        yield f"own page, {said}", client.get(reverse("mine", args=[link]))
    client.post(reverse("mine_lock", args=[link]))
    for _ in range(5):
        client.post(reverse("mine", args=[link]), {"pin": "0000"})
    yield "too many tries", client.post(reverse("mine", args=[link]), {"pin": "0000"})
    client.post(reverse("checkin", args=[link]), {"decline": "1"})
    yield "thanks", client.get(reverse("checkin", args=[link]))
    CheckIn.objects.update(expires=timezone.now())
    yield "passed", client.get(reverse("checkin", args=[links["after"]]))


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_page_of_a_client_shows_an_untranslated_word(three_sessions, upcoming, client, language):
    three_sessions.language = language
    three_sessions.save()
    english = {re.sub(r"%\(\w+\)s|\{\w+\}", "", e.msgid).strip(" .:") for e in source(language) if e.msgid != e.msgstr}
    english = {words for words in english if len(words.split()) > 1 or len(words) > 7}
    states, seen = 0, set()
    for state, page in pages_of(three_sessions, upcoming, client):
        shown = text(page)
        states += 1
        seen |= {e.msgid for e in source(language) if e.msgstr in shown}
        left = [words for words in english if words in shown]
        assert left == [], state
        assert f'<html lang="{language}"' in page.content.decode()
    assert states == 14
    assert len(seen) > 100  # the eyes of this test are open: so many of its words did stand there in the other language
