"""The client's pages in every language: complete, compiled as they stand, and marked where nobody has reviewed them."""

import re
from pathlib import Path

import polib
import pytest
from django.conf import settings

import andante_clinic
from andante_clinic import languages
from andante_clinic.checkin.words import words

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
