"""The texts that a person reads in `clinical/`, and how hard they are to read.

The reading age is the Flesch-Kincaid grade plus 5, the age at which that school grade begins. Syllables are
counted from the letters (99% as in the CMU dictionary over the words in `clinical/`), so nothing is downloaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import yaml

FILES = (
    "findings.yml",
    "red_flags.yml",
    "presentations.yml",
    "levels.yml",
    "advice.yml",
    "exercises.yml",
    "load.yml",
    "check_in.yml",
    "wording.yml",
)
NOT_READ = ("ask", "sources", "when", "fits_when")
"""Keys whose values no person is shown: what people type, ids, conditions."""

OPTIONS = "options"
"""The key of {value: title}; its titles are buttons."""

MEDICAL_WORDS = frozenset(
    """
    anti-inflammatory anti-inflammatories antibiotics arthritis chemotherapy clinician department diabetes
    emergency haemophilia iliotibial immune infected infection inflammatory injection injury ligament meniscus
    osteoarthritis osteoporosis physiotherapist physiotherapists physiotherapy psoriatic rheumatoid
    vascularisation
    """.split()  # noqa: SIM905
)
"""Words that have to stand, because the plainer one would be less exact. Each counts as two syllables."""

SENTENCE_END = re.compile(r"(?<=[.?!])[\"')”]*\s+|(?<=[.?!])[\"')”]*$")
WORD = re.compile(r"[A-Za-z0-9{][\w{}'’./%-]*")
SILENT_E = re.compile(
    r"(?<=[^aeiouytdl])ed$|(?<=[aeioul]l)ed$"  # limped, called; not needed, settled
    r"|(?<=[^aeiouysxzcghl])es$|(?<=[aeiou]l)es$"  # makes, miles; not aches, muscles
    r"|(?<=[^aeiouyl])e$|(?<=[aeiou]l)e$"  # knee has one group anyway; not little
    r"|(?<=[^aeiouy])e(?=(?:ly|ty|ment|ful|less|ness|where|thing|body|times?|one)$)"  # safety, something
)
TWO_VOWELS = re.compile(r"(?<=[aeiouy])ing|(?<![cgnst])i(?=[ao])|(?<=[^q])u(?=al)")  # going, serious, usual


@dataclass(frozen=True)
class Text:
    """One text in a file of `clinical/`."""

    file: str
    line: int
    entry: tuple[str, ...]
    """What it belongs to: texts of one entry are read together."""
    key: str
    text: str

    @property
    def where(self) -> str:
        """Its place in words: `RF07 because`."""
        return " ".join(dict.fromkeys([*self.entry, self.key]))


def texts(folder: Path) -> Iterator[Text]:
    """Every text that a person may read, file by file.

    Raises:
        OSError, yaml.YAMLError: a file is missing or is not YAML.
    """
    for file in FILES:
        root = yaml.compose((folder / file).read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        yield from _texts_in(root, file, (), "")


def _texts_in(node: Any, file: str, entry: tuple[str, ...], key: str) -> Iterator[Text]:
    if isinstance(node, yaml.MappingNode):
        name = _name(node)
        for key_node, value in node.value:
            if key_node.value not in NOT_READ:
                # In a file of loose texts each key is an entry of its own.
                own = (*entry, name) if name else entry or (str(key_node.value),)
                yield from _texts_in(value, file, own, key if key == OPTIONS else str(key_node.value))
    elif isinstance(node, yaml.SequenceNode):
        for number, part in enumerate(node.value):
            inner = isinstance(part, yaml.MappingNode) and not _name(part)
            yield from _texts_in(part, file, (*entry, f"{key} {number + 1}") if inner else entry, key)
    elif node is not None and " " in str(node.value).strip():
        yield Text(file, node.start_mark.line + 1, entry, key, " ".join(str(node.value).split()))


def _name(node: yaml.MappingNode) -> str:
    """How an entry is called: its id with its case, or its level."""
    named = {key.value: value.value for key, value in node.value if isinstance(value, yaml.ScalarNode)}
    return "/".join(str(named[key]) for key in ("id", "case") if key in named) or str(named.get("level", ""))


def sentences(text: str) -> list[str]:
    """The sentences of a text; a colon or semicolon does not end one."""
    return [part for part in SENTENCE_END.split(text) if part and part.strip()]


def words(text: str) -> list[str]:
    """Its words; a number and a {place to fill in} are one word each."""
    return WORD.findall(text)


def syllables(word: str) -> int:
    """Syllables of an English word, from its letters; two for a medical word that has to stand."""
    plain = word.lower().strip(".'’")
    if plain in MEDICAL_WORDS or plain.removesuffix("'s") in MEDICAL_WORDS:
        return 2
    return sum(max(1, _vowel_groups(part)) for part in plain.split("-"))


def _vowel_groups(word: str) -> int:
    letters = re.sub(r"[^a-z]", "", word)
    return len(re.findall(r"[aeiouy]+", SILENT_E.sub("", letters))) + len(TWO_VOWELS.findall(letters))


def reading_age(parts: Iterable[str]) -> float:
    """The age in years at which texts can be read: Flesch-Kincaid grade + 5.

    Args:
        parts: texts that are read together, at least one word in all.
    """
    all_sentences = list(chain.from_iterable(sentences(part) for part in parts))
    all_words = list(chain.from_iterable(words(sentence) for sentence in all_sentences))
    per_word = sum(map(syllables, all_words)) / len(all_words)
    return 0.39 * len(all_words) / len(all_sentences) + 11.8 * per_word - 15.59 + 5


def is_prose(text: str) -> bool:
    """A text of whole sentences; titles and parts of a list are not."""
    return text.rstrip("\"')”").endswith((".", "?", "!"))
