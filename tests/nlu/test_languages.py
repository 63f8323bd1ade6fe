"""Another language is told from English, and answered in it."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.channels.rest import turn
from bot.nlu.entries import read_entries
from bot.nlu.languages import Languages
from bot.nlu.words import make_words
from tests.conftest import ROOT

TEXTS: dict[str, str] = yaml.safe_load((ROOT / "clinical" / "languages.yml").read_text(encoding="utf-8"))["languages"]
SAID = {
    "zh": ["我的膝盖很疼", "膝盖肿了怎么办"],
    "hi": ["मेरे घुटने में दर्द है", "घुटना सूज गया है"],
    "hi_latin": ["mere ghutne mein bahut dard hai", "ghutna soojan"],
    "es": ["me duele la rodilla cuando corro", "tengo la rodilla hinchada desde ayer", "Hola"],
    "fr": ["j'ai mal au genou depuis lundi", "mon genou est gonflé", "genou"],
    "ar": ["ركبتي تؤلمني عند صعود الدرج", "عندي ورم في الركبة"],
    "bn": ["আমার হাঁটুতে ব্যথা", "হাঁটু ফুলে গেছে"],
    "pt": ["meu joelho dói quando corro", "estou com o joelho inchado"],
    "ru": ["у меня болит колено", "колено опухло после бега"],
    "ur": ["میرے گھٹنے میں درد ہے", "گھٹنا سوج گیا ہے"],
    "id": ["lutut saya sakit kalau lari", "lutut kanan saya bengkak"],
    "de": ["mein Knie tut beim Laufen weh", "ich habe Schmerzen im Knie"],
    "it": ["mi fa male il ginocchio", "ho il ginocchio gonfio da ieri"],
    "pl": ["boli mnie kolano przy bieganiu", "moje kolano jest spuchnięte"],
    "tr": ["dizim çok ağrıyor", "sağ dizim şişti"],
    "ja": ["膝が痛いです", "ひざが腫れました"],
}


@pytest.fixture(scope="module")
def languages() -> Languages:
    """The reader of languages with the project's words."""
    entries = read_entries(ROOT / "data" / "nlu")
    return Languages(entries, make_words(entries).known)


@pytest.mark.parametrize(("code", "text"), [(code, text) for code, texts in SAID.items() for text in texts])
def test_language_is_told(languages: Languages, code: str, text: str) -> None:
    assert languages.of(text) == code


def test_no_english_message_of_the_test_set_is_taken_for_another_language(languages: Languages) -> None:
    folder = Path(__file__).parent
    rows: list[Any] = [
        row
        for name in ("findings", "harmless", "intents")
        for row in yaml.safe_load((folder / f"{name}.yml").read_text(encoding="utf-8"))
    ]
    wrong = [row["text"] for row in rows if languages.of(row["text"]) is not None]
    assert wrong in ([], ["hola"])


@pytest.mark.parametrize("text", ["", "7", "!!!", "ok", "no", "knee", "ibuprofen", "🦵", "a" * 4000])
def test_nothing_to_tell(languages: Languages, text: str) -> None:
    assert languages.of(text) is None


def test_every_language_has_its_words_and_the_emergency_number() -> None:
    assert set(SAID) | {"other"} == set(TEXTS)
    assert all("{emergency}" in text for text in TEXTS.values())
    assert len(set(TEXTS.values())) == len(TEXTS)


@pytest.mark.parametrize("code", ["es", "zh", "ur"])
def test_answered_in_the_language_and_then_by_buttons(loop: Any, agent: Any, code: str) -> None:
    shown = loop.run_until_complete(turn(agent, uuid.uuid4().hex, SAID[code][0], "rest"))
    assert shown[0]["text"].startswith(TEXTS[code].split("{")[0])
    assert "112" in shown[0]["text"]
    assert any(one.get("buttons") for one in shown)
    assert any(one.get("custom", {}).get("card", {}).get("kind") == "question" for one in shown)
