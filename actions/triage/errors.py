"""Mistakes in the content, each with a code, a place, and what would be right."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Mistake:
    """One mistake in a file of `clinical/`."""

    file: str
    line: int
    code: str
    what: str
    """What is wrong and what would be right, in one sentence each."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.code} {self.what}"


class ProtocolError(Exception):
    """The protocol cannot be used; `mistakes` says why, place by place."""

    def __init__(self, mistakes: list[Mistake]):
        self.mistakes = sorted(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


CODES = {
    "K100": "the file cannot be read as YAML, or is not of the shape it must have",
    "K101": "an entry lacks something it needs, or has something it cannot have",
    "K102": "a finding id that clinical/findings.yml does not have",
    "K103": "a value or comparison that the finding's kind does not allow",
    "K104": "a level of care that does not exist",
    "K105": "no source, or one that clinical/sources.yml does not have",
    "K106": "an id that stands twice",
    "K107": "the order of questions names what is neither a finding nor a screen",
    "K108": "a red flag used so that its presence would lower the level",
    "K109": "a finding that a rule needs and nobody asks for",
    "K110": "a question that no rule and no presentation uses",
    "K111": "a rule that can never hold",
    "K112": "a rule that never changes anything, because one of the same id that counts before it always holds with it",
    "K201": "a sentence of more than 20 words",
    "K202": "words that need a reading age over 11",
    "K203": "an option or button title too long for a channel",
    "K204": "an answer's payload over 64 bytes",
    "K205": "a question without why, without a second wording, or without room for not sure",
}
