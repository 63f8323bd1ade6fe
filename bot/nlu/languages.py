"""Which language a message is in, when it is not English: by script, else by words that no English message has many of."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

SCRIPTS = {
    "CJK": "zh", "HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "other", "DEVANAGARI": "hi", "BENGALI": "bn",
    "CYRILLIC": "ru", "ARABIC": "ar", "HEBREW": "other", "GREEK": "other", "THAI": "other", "TAMIL": "other",
    "TELUGU": "other", "GURMUKHI": "other", "GUJARATI": "other", "ETHIOPIC": "other", "ARMENIAN": "other",
    "GEORGIAN": "other", "KANNADA": "other", "MALAYALAM": "other", "SINHALA": "other", "MYANMAR": "other",
}  # fmt: skip
URDU = frozenset("ٹڈڑںےہھگچپ")
"""Letters that Urdu has and Arabic has not."""
PREFIX = "language="
SHORT = 3
"""In a message of so few words one foreign word is enough, when no word is English."""


class Languages:
    """Tells other languages from English.

    Args:
        entries: lookup name to lines; `language=es` holds words of Spanish, `language=en` short words of English.
        known: English words of more than three letters.
    """

    def __init__(self, entries: Mapping[str, Sequence[str]], known: frozenset[str]):
        self._words = {
            name[len(PREFIX) :]: frozenset(_plain(" ".join(lines)).split())
            for name, lines in entries.items()
            if name.startswith(PREFIX)
        }
        self._english = self._words.pop("en", frozenset())
        self._known = known

    def of(self, text: str) -> str | None:
        """The language of a message.

        Args:
            text: the message as typed.

        Returns:
            A key of `clinical/languages.yml`; None for English, and for what cannot be told.
        """
        if not text.isascii() and (language := _by_script(text)):
            return language
        words = re.findall(r"[^\W\d_]+", _plain(text))
        counts = {language: sum(word in own for word in words) for language, own in self._words.items()}
        language, most = max(counts.items(), key=lambda one: one[1], default=("", 0))
        english = sum(
            word in self._english or (word in self._known and word not in self._words[language]) for word in words
        )
        if most > english and (most >= 2 or (most == 1 and len(words) <= SHORT and not english)):
            return language
        return None


def _by_script(text: str) -> str | None:
    """The language whose script most letters have, unless most are Latin."""
    letters = [char for char in text if char.isalpha()]
    foreign = [script for char in letters if (script := _script(char))]
    if len(foreign) * 2 <= len(letters):
        return None
    language = "ja" if "ja" in foreign else max(set(foreign), key=foreign.count)
    return "ur" if language == "ar" and URDU & set(text) else language


def _script(char: str) -> str | None:
    name = unicodedata.name(char, "").split(" ")[0]
    return SCRIPTS.get(name)


def _plain(text: str) -> str:
    """Lower case, without accents and apostrophes."""
    spread = unicodedata.normalize("NFKD", text.lower().replace("ı", "i").replace("ł", "l"))
    return re.sub(r"['’`]", "", "".join(char for char in spread if not unicodedata.combining(char)))
