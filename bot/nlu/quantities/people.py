"""Whether a place in a message is about the patient, or about somebody else."""

from __future__ import annotations

import re

from bot.nlu.quantities.message import Message
from bot.nlu.quantities.patterns import either, phrases, within
from bot.nlu.quantities.words import RELATIVES

RELATIVE = rf"(?:{either(RELATIVES.split())}'?s?|in[ -]laws?|(?:little|wee|young)\s(?:one|man|fella|lady)|other\shalf)"
PERSON = re.compile(
    rf"\b(?:(?:i'?m|i\sam|as|being)\san?\s(?:[\w-]+\s){{0,5}}?{RELATIVE}\b|(?P<other>(?:my|his|her|our|the|a)\s(?:\w+\s)?{RELATIVE}|{RELATIVE}|he|she|he's|she's|hes|shes|his|her|they|their)|"
    r"i|i'm|im|i've|ive|i'd|i'll|id|me|mine|my|myself)\b"
)
WRITER_HAS_IT = within(
    r"my_(?:(?:left|right|own|bad|poor|other|good|r|l|inner|outer|both)_)?(?:knees?|kneecaps?|legs?|acl|meniscus) mine me_too than_me"
    r" (?:do|am|have|should|will|could)_i_(?:have|get|also|be|worry|too) i_(?:fell|twisted|slipped|hurt|did|have_it|got_it|run|ran)"
    r" (?:the|had|has|did)_(?:the_)?same (?:i_am|i'm|im)(?!_(?:\w+_)?"
    + phrases("writing asking worried concerned scared calling typing looking his her their not_sure")
    + r"\b)"
)
ACQUAINTED = re.compile(r"\bmy\s(?:\w+\s)?(?:friend|mate|pal|neighbou?r|colleague|boss|cousin|flatmate|workmate)\b")
START = 1000
"""Characters in which a message tells whose knee it is about."""


def about_somebody_else(message: Message, at: int) -> bool:
    """What stands at a place is about a person who is not the patient.

    The patient is whoever has the knee: the writer, when the message tells of "my knee", else the person it tells of.

    Args:
        message: the message.
        at: the place.
    """
    last = None
    for match in PERSON.finditer(message.before(at)):
        last = match["other"]
    return last is not None and WRITER_HAS_IT.search(message.text, 0, START) is not None


def in_passing(message: Message, at: int) -> bool:
    """What stands at a place is about an acquaintance of whom no trouble is told: "my friend is 30 and runs a lot".

    Args:
        message: the message.
        at: the place.
    """
    told = any(mark.kind in ("symptom", "injury", "onset") for mark in message.marks)
    return not told and ACQUAINTED.search(message.before(at)) is not None
