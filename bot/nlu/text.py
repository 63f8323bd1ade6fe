"""A message as tokens: spelling mended, words reduced to stems, sentences told apart; the original spans are kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

WORD = re.compile(r"[^\W\d_]+(?:['’`][^\W\d_]+)*|\d+(?:[.,]\d+)?|[^\w\s]|\n+")
TERMINAL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
"""Colours of a terminal: "\\x1b[31m" is no man of 31."""
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u2028-\u202e\ufeff]")
SENTENCE_ENDS = frozenset(".!?;\n")
CLOSE_ENOUGH = 0.75
"""Damerau-Levenshtein similarity at which an unknown word is taken for a domain word (measured: language.md 5)."""
SHORTEST_MENDED = 5


@dataclass(frozen=True)
class Token:
    """One word or mark."""

    text: str
    """As typed, lower case."""
    norm: str
    """Spelling mended, apostrophes gone."""
    stem: str
    start: int
    end: int
    sentence: int


@dataclass(frozen=True)
class Words:
    """What the reader knows of words; made at training, kept with the model.

    Args:
        spelling: fixed corrections, typed to right (`havnt` to `havent`); never loses a negator.
        irregular: forms that no suffix rule reduces (`swollen` to `swell`).
        known: English words that are left as they are.
        domain: words worth correcting to.
    """

    spelling: Mapping[str, str]
    irregular: Mapping[str, str]
    known: frozenset[str]
    domain: tuple[str, ...]

    @lru_cache(maxsize=50_000)  # noqa: B019  one instance lives as long as the process
    def mend(self, word: str) -> str:
        """The word with its spelling mended, when it is surely a domain word misspelt."""
        word = self.spelling.get(word, word)
        if len(word) < SHORTEST_MENDED or word in self.known or not word.isalpha():
            return word
        squeezed = re.sub(r"(.)\1{2,}", r"\1\1", word)
        for candidate in (squeezed, re.sub(r"(.)\1+", r"\1", word)):
            if candidate in self.known or candidate in self.spelling:
                return self.spelling.get(candidate, candidate)
        found = process.extractOne(
            squeezed, self.domain, scorer=DamerauLevenshtein.normalized_similarity, score_cutoff=CLOSE_ENOUGH
        )
        return found[0] if found else word

    @lru_cache(maxsize=50_000)  # noqa: B019
    def stem(self, word: str) -> str:
        """The word without its regular endings."""
        word = self.irregular.get(word, word)
        if len(word) < 4 or not word.isalpha():
            return word
        for ending, least in (("ing", 6), ("ied", 5), ("ies", 5), ("ed", 5)):
            if word.endswith(ending) and len(word) >= least:
                base = word[: -len(ending)]
                if ending[0] == "i" and ending != "ing":
                    return base + "y"
                return _bare(base)
        if word.endswith(("sses", "shes", "ches", "xes")):
            return word[:-2]
        if word.endswith("s") and not word.endswith(("ss", "us", "is")):
            word = word[:-1]
        return _bare(word)

    def __hash__(self) -> int:
        return id(self)


def _bare(word: str) -> str:
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
        return word[:-1]
    return word[:-1] if len(word) > 3 and word.endswith("e") and not word.endswith("ee") else word


def clean(text: str, longest: int) -> str:
    """Text without control characters, cut to what is read; positions up to the cut stay as they are."""
    text = TERMINAL.sub(lambda match: " " * len(match[0]), text[:longest])
    return CONTROL.sub(" ", text)


def tokens(text: str, words: Words) -> list[Token]:
    """The message as tokens.

    Args:
        text: cleaned text.
        words: spelling and stems.

    Returns:
        Words, numbers and marks in order, with their place in `text`.
    """
    found: list[Token] = []
    sentence = 0
    for match in WORD.finditer(text):
        raw = match[0].lower()
        bare = re.sub(r"['’`]", "", raw)
        norm = words.mend(bare)
        for part in norm.split():
            found.append(Token(raw, part, words.stem(part), match.start(), match.end(), sentence))
        if raw[0] in SENTENCE_ENDS:
            sentence += 1
    return found


def norms(phrase: str) -> tuple[str, ...]:
    """A phrase of the lexicon as the words it has, not reduced."""
    return tuple(re.sub(r"['’`]", "", match[0].lower()) for match in WORD.finditer(phrase))


def stems(phrase: str, words: Words) -> tuple[str, ...]:
    """A phrase of the lexicon as stems."""
    return tuple(words.stem(re.sub(r"['’`]", "", match[0].lower())) for match in WORD.finditer(phrase))


def vocabulary(phrases: Iterable[str]) -> set[str]:
    """Every word of at least four letters in the phrases."""
    return {
        word for phrase in phrases for word in re.findall(r"[a-z]+", phrase.lower().replace("'", "")) if len(word) > 3
    }
