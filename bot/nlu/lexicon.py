"""The exact reader: phrases per finding, in the small language of `data/nlu/README.md`, matched over stems."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from bot.nlu.text import Token, Words, norms, stems

GAP = 2
"""Other words between two neighbours of an ordered phrase."""
NEAR = 6
"""Other words between two parts that may stand in any order."""
BARRIERS = frozenset({"but", "however", "although", "though", "whereas"})
ELEMENT = re.compile(r'"[^"]*"|\([^)]*\)|@\w+|[^\s]+')

Spans = list[tuple[int, int]]
Reduce = Callable[[str], "tuple[str, ...]"]


@dataclass(frozen=True)
class Pattern:
    """One phrase of the lexicon."""

    label: str
    parts: tuple[tuple[str, ...], ...]
    """Parts in any order; each is a sequence of elements that keep their order."""
    excluded: tuple[str, ...]
    """Elements that must not stand in the same sentence."""
    needed: frozenset[str]
    """Every element of the parts."""


@dataclass(frozen=True)
class Mention:
    """A phrase found in a message."""

    label: str
    start: int
    end: int
    """Token positions: from `start` up to, not including, `end`."""
    words: frozenset[int]
    """Positions of the tokens that belong to the phrase; the others in between do not."""


class LexiconError(ValueError):
    """A line of the lexicon that cannot be read; says which and why."""


class Lexicon:
    """All phrases, ready to be matched.

    Args:
        entries: lookup name to its lines: `@group` for a word group, else a label (`id` or `id=value`).
        words: stems and spelling.

    Raises:
        LexiconError: an undefined group, or a group that contains itself.
    """

    def __init__(self, entries: Mapping[str, Sequence[str]], words: Words):
        self._words = words
        self._groups = {name[1:]: lines for name, lines in entries.items() if name.startswith("@")}
        self._elements: dict[str, set[tuple[str, ...]]] = {}
        self._by_element: dict[str, list[Pattern]] = defaultdict(list)
        self._vocab = Vocab()
        self._matcher = PhraseMatcher(self._vocab)
        self._exact = PhraseMatcher(self._vocab)
        for label, lines in entries.items():
            if not label.startswith("@"):
                for line in lines:
                    self._add(label, line)
        for group in self._groups:
            self._element(f"@{group}")
        self._names = {self._vocab.strings.add(element): element for element in self._elements}
        for element, phrases in self._elements.items():
            matcher = self._exact if element.startswith('"') else self._matcher
            matcher.add(element, [Doc(self._vocab, words=list(phrase)) for phrase in sorted(phrases) if phrase])

    def _add(self, label: str, line: str) -> None:
        kept, *excluded = re.split(r"\s!", " " + line.strip())
        parts = tuple(
            tuple(self._element(element) for element in ELEMENT.findall(part))
            for part in kept.split(" + ")
            if part.strip()
        )
        if not parts or not all(parts):
            raise LexiconError(f"{label}: the line {line!r} has no words")
        needed = frozenset(itertools.chain.from_iterable(parts))
        pattern = Pattern(label, parts, tuple(self._element(element.strip()) for element in excluded), needed)
        rarest = min(needed, key=lambda element: (len(self._elements[element]), element))
        self._by_element[rarest].append(pattern)

    def _element(self, element: str) -> str:
        if element not in self._elements:
            self._elements[element] = set(self._expand(element, (), norms if element.startswith('"') else self._stems))
        return element

    def _stems(self, phrase: str) -> tuple[str, ...]:
        return stems(phrase, self._words)

    def _expand(self, element: str, inside: tuple[str, ...], words: Reduce) -> list[tuple[str, ...]]:
        """Every sequence of words that the element stands for, reduced by `words`."""
        if element.startswith("@"):
            name = element[1:]
            if name in inside:
                raise LexiconError(f"the word group @{name} contains itself")
            if name not in self._groups:
                raise LexiconError(f"the word group @{name} is not defined")
            return [phrase for line in self._groups[name] for phrase in self._line(line, (*inside, name), words)]
        if element.startswith("("):
            return [phrase for line in element[1:-1].split("|") for phrase in self._line(line.strip(), inside, words)]
        if element.startswith('"'):
            return self._line(element.strip('"'), inside, words)
        return [words(element)]

    def _line(self, line: str, inside: tuple[str, ...], words: Reduce) -> list[tuple[str, ...]]:
        parts = [self._expand(element, inside, words) for element in ELEMENT.findall(line)]
        return [tuple(itertools.chain.from_iterable(choice)) for choice in itertools.product(*parts)]

    def elements_in(self, tokens: Sequence[Token]) -> dict[str, Spans]:
        """Where each word and word group stands in the message."""
        found: dict[str, Spans] = defaultdict(list)
        if tokens:
            stemmed = Doc(self._vocab, words=[token.stem for token in tokens])
            as_typed = Doc(self._vocab, words=[token.norm for token in tokens])
            for key, start, end in [*self._matcher(stemmed), *self._exact(as_typed)]:
                found[self._names[key]].append((start, end))
        return found

    def mentions(self, tokens: Sequence[Token], found: Mapping[str, Spans]) -> list[Mention]:
        """Every phrase in the message; of those of one label at one place, the longest.

        Args:
            tokens: the message.
            found: what `elements_in` says of it.
        """
        breaks = _breaks(tokens)
        mentions: dict[tuple[str, int], Mention] = {}
        for element in found:
            for pattern in self._by_element.get(element, ()):
                if pattern.needed <= found.keys():
                    for words in self._places(pattern, found, breaks):
                        mention = Mention(pattern.label, min(words), max(words) + 1, words)
                        if self._excluded(pattern, mention, tokens, found):
                            continue
                        before = mentions.get((mention.label, mention.end))
                        if before is None or len(before.words) < len(words):
                            mentions[mention.label, mention.end] = mention
        return _longest(sorted(mentions.values(), key=lambda one: (one.start, -one.end, one.label)))

    @staticmethod
    def _places(pattern: Pattern, found: Mapping[str, Spans], breaks: Sequence[int]) -> list[frozenset[int]]:
        per_part = [_ordered(part, found, breaks) for part in pattern.parts]
        if len(per_part) == 1:
            return [frozenset(words) for words in per_part[0]]
        places = []
        for choice in itertools.islice(itertools.product(*per_part), 400):
            in_order = sorted(choice, key=lambda words: words[0])
            if all(
                before[-1] < after[0] and after[0] - before[-1] - 1 <= NEAR and breaks[before[-1]] == breaks[after[0]]
                for before, after in zip(in_order, in_order[1:])
            ):
                places.append(frozenset(itertools.chain.from_iterable(choice)))
        return places

    @staticmethod
    def _excluded(pattern: Pattern, mention: Mention, tokens: Sequence[Token], found: Mapping[str, Spans]) -> bool:
        sentence = tokens[mention.start].sentence
        return any(
            tokens[start].sentence == sentence and not mention.words.issuperset(range(start, end))
            for element in pattern.excluded
            for start, end in found.get(element, ())
        )


def _breaks(tokens: Sequence[Token]) -> list[int]:
    """For each token, the number of the stretch that a phrase may not leave."""
    stretch, breaks, sentence = 0, [], 0
    for token in tokens:
        if token.norm in BARRIERS or token.sentence != sentence:
            stretch += 1
            sentence = token.sentence
        breaks.append(stretch)
    return breaks


def _ordered(part: tuple[str, ...], found: Mapping[str, Spans], breaks: Sequence[int]) -> list[tuple[int, ...]]:
    """Every place where the elements of a part follow each other closely enough."""
    places: list[tuple[int, ...]] = [tuple(range(start, end)) for start, end in found[part[0]]]
    for element in part[1:]:
        places = [
            (*place, *range(start, end))
            for place in places
            for start, end in found[element]
            if 0 <= start - place[-1] - 1 <= GAP and breaks[place[-1]] == breaks[start]
        ]
    return places


def _longest(mentions: list[Mention]) -> list[Mention]:
    """Without mentions whose words all belong to another mention of the same label."""
    return [
        one for one in mentions if not any(other.label == one.label and other.words > one.words for other in mentions)
    ]
