"""The pipeline's graph components: commands, findings, intent and topic. Thin; what they do stands beside them."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Collection, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from actions.answers import ASKING, LONGEST_MESSAGE
from actions.triage import load_protocol
from bot.nlu import intents as intents_module
from bot.nlu import text as text_module
from bot.nlu import words as words_module
from bot.nlu.clauses import parts_to_embed
from bot.nlu.embeddings import embedder
from bot.nlu.intents import Nearest, TextClassifier, grams_of
from bot.nlu.languages import Languages
from bot.nlu.merge import LOW, merge
from bot.nlu.minilm.tuned import fingerprint_of_tuned
from bot.nlu.reader import Read, Reader
from bot.nlu.second import KEPT, SecondReader
from bot.nlu.text import Words, clean
from bot.nlu.words import make_words

COMMANDS = {
    "answer": "answer", "restart": "start_over", "start_over": "start_over", "back": "go_back", "go_back": "go_back",
    "why": "ask_why", "ask_why": "ask_why", "summary": "ask_summary", "ask_summary": "ask_summary",
    "human": "ask_human", "ask_human": "ask_human", "checkin": "check_in", "check_in": "check_in", "start": "greet",
    "help": "greet", "exercise": "ask_exercises", "exercises": "ask_exercises", "delete_my_data": "delete_my_data",
    "delete": "delete_my_data", "progress": "ask_progress", "mydata": "my_data", "my_data": "my_data", "remind": "remind_me",
    "fit_plan": "fit_plan",
}  # fmt: skip
"""What may stand after a slash, and the intent that it means. `restart` and `back` themselves are Rasa's own names."""
WITH_TOPIC = ("ask_topic", "ask_exercises")
CANNOT_BE_UNDONE = ("start_over", "delete_my_data", "go_back")
SURE = 0.6
"""Probability from which a wish is carried out that loses what was told."""
NEVER = 2.0
"""Nearer than anything comes."""
NEARNESS = {"report": 0.5, "check_in": 0.5, "out_of_scope": 0.84}
"""How near a question must come to be taken for a topic although the classifier is sure of another intent."""
OWN_CARDS = ("ask_exercises", "medicine_dose", "ask_human")
"""Questions that have cards of their own."""
NEAR_WHEN_UNSURE = 0.7
"""The same where the classifier is not sure, for intents without cards of their own."""
NOT_UNDERSTOOD = "nlu_fallback"
NO_TOPIC_BELOW = 0.42
CLAUSE_ASKS = re.compile(
    r"(?:[,.;:!-]|\b(?:so|and|or|but))\s+(?:(?:is|are|am|was|do|does|did|can|could|should|will|would|shall|may|might)"
    r"\s+(?:i|it|that|this|they|you|we|these|there|my|the)\b|what|why|how|any (?:advice|tips?|ideas?)\b|yes or no\b)"
)
"""After a comma or a joining word: "…, am i doing it wrong", "… and how long for"."""
ADVICE = Path("clinical/advice.yml")
TOPICS = Path("data/nlu/topics.txt")
SHORT = 60
VECTOR = "kneewise_embedding"
"""Where a message keeps its embedding from one component to the next."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class CommandReader(GraphComponent):
    """Reads `/answer{…}`, `/restart` and the like, and cleans every other message.

    Stands first. Rasa's own reader of `/…` messages would log what it cannot parse, and knows no `/restart`
    that we may use; so the slash is gone from the text before it comes to it.
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CommandReader:
        """Make the component; it has nothing to load."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent of commands; strip control characters and what is beyond the limit from the rest."""
        for message in messages:
            text = clean(message.get(TEXT) or "", LONGEST_MESSAGE).strip()
            match = re.match(r"/(\w+)", text)
            if match and match[1].lower() in COMMANDS:
                _set_intent(message, COMMANDS[match[1].lower()], 1.0)
                text = text[1:]
                named = re.match(r"exercises?\s+(\w+)", text)
                if named:
                    message.set(ENTITIES, [{"entity": "exercise", "value": named[1]}], add_to_output=True)
            message.set(TEXT, text.lstrip("/"), add_to_output=True)
        return messages


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class FindingReader(GraphComponent, EntityExtractorMixin):
    """Reads findings with their status, and quantities, as entities.

    A yes-or-no finding becomes the entity `finding` with its id as value; numbers, places, sides and activities
    become entities named by their finding id. Each carries `status`.
    """

    def __init__(self, model_storage: ModelStorage, resource: Resource, entries: dict[str, list[str]] | None = None):
        self._model_storage = model_storage
        self._resource = resource
        self._reader: Reader | None = None
        if entries is not None:
            self._use(entries, make_words(entries))

    def _use(
        self,
        entries: dict[str, list[str]],
        words: Words,
        second: SecondReader | None = None,
        red_flags: Collection[str] = (),
        watched: Collection[str] = (),
    ) -> None:
        self._entries, self._words = entries, words
        self._reader = Reader(entries, words)
        self._second, self._red_flags, self._watched = second, frozenset(red_flags), frozenset(watched)
        self._languages = Languages(entries, words.known)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> FindingReader:
        """A component that is still to be trained."""
        return cls(model_storage, resource)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """The code that prepares the lexicon, and the second reader; Rasa itself sees only this class."""
        code = [Path(module.__file__ or "").read_text(encoding="utf-8") for module in (text_module, words_module)]
        return "".join([*code, SecondReader.made_from_what(KEPT)])

    def train(self, training_data: TrainingData) -> Resource:
        """Take the lookup tables of the training data as lexicon, and keep them with the model."""
        entries: dict[str, list[str]] = {}
        for table in training_data.lookup_tables:
            lines = table["elements"]
            entries.setdefault(table["name"], []).extend([lines] if isinstance(lines, str) else lines)
        self._use(entries, make_words(entries))
        findings = load_protocol().findings.values()
        with self._model_storage.write_to(self._resource) as folder:
            kept = {
                "entries": entries,
                "spelling": dict(self._words.spelling),
                "irregular": dict(self._words.irregular),
                "known": sorted(self._words.known),
                "domain": list(self._words.domain),
                "red_flags": [finding.id for finding in findings if finding.red_flag],
                "watched": [finding.id for finding in findings if finding.watched],
            }
            (folder / "lexicon.json").write_text(json.dumps(kept))
            shutil.copyfile(KEPT, folder / KEPT.name)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Training needs no findings in the examples."""
        return training_data

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> FindingReader:
        """The component as it was trained."""
        with model_storage.read_from(resource) as folder:
            kept = json.loads((folder / "lexicon.json").read_text())
            second = SecondReader.load(folder / KEPT.name)
        reader = cls(model_storage, resource)
        reader._use(
            kept["entries"],
            Words(kept["spelling"], kept["irregular"], frozenset(kept["known"]), tuple(kept["domain"])),
            second,
            kept["red_flags"],
            kept["watched"],
        )
        return reader

    def read(self, text: str) -> tuple[list[Read], NDArray[Any] | None]:
        """What a message says, by both readers, and its embedding where it was needed.

        Args:
            text: the message.
        """
        assert self._reader is not None
        view = self._reader.look(text, date.today())
        if self._second is None or not view.tokens:
            return list(view.reads), None
        made: list[NDArray[Any]] = []

        def embed(texts: Sequence[str]) -> NDArray[Any]:
            made.append(embedder().embed(texts))
            return made[0]

        opinions = self._second.opinions(view, embed, LOW)
        whole = made[0][0] if made and len(parts_to_embed(view)) == 1 else None
        return merge(view, opinions, self._red_flags, self._watched), whole

    def process(self, messages: list[Message]) -> list[Message]:
        """Add what each message says."""
        for message in messages:
            text = message.get(TEXT) or ""
            if self._reader is None or not text or _is_command(message):
                continue
            reads, vector = self.read(text)
            if vector is not None:
                message.set(VECTOR, vector)
            entities = [
                {
                    "entity": "finding" if read.yes_no else read.id,
                    "value": read.value,
                    "status": read.status,
                    "start": read.start,
                    "end": read.end,
                    "extractor": "FindingReader",
                    "confidence_entity": 1.0,
                }
                for read in reads
            ]
            language = self._languages.of(text)
            if language is not None:
                entities.append(_of_whole("language", language, text, 1.0, "FindingReader"))
            message.set(ENTITIES, message.get(ENTITIES, []) + entities, add_to_output=True)
        return messages


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentReader(GraphComponent):
    """Reads what the person wants, and for a question which topic it is about."""

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource):
        self._threshold = float(config.get("threshold", 0.3))
        self._model_storage = model_storage
        self._resource = resource
        self._classifier: TextClassifier | None = None
        self._topics: TextClassifier | None = None
        self._nearest: Nearest | None = None
        self._asked: dict[str, str] = {}
        """Wordings of topics as they stand in the content: a button offers them, so they must mean their topic."""
        self._examples: dict[str, str] = {}
        """Training examples as typed, and their intent: what is known to the letter needs no guess."""
        self._wishes: frozenset[str] = frozenset()
        self._asks: tuple[str, ...] = ()
        self._of_short = lru_cache(maxsize=4096)(self._understand)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> IntentReader:
        """A component that is still to be trained."""
        return cls(config, model_storage, resource)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`threshold`: below this probability the message is not understood."""
        return {"threshold": 0.3}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """The wordings of the topics, the sentence model and the code of the classifier: a change in them retrains."""
        return (
            fingerprint_of_tuned()
            + "".join(path.read_text(encoding="utf-8") for path in (ADVICE, TOPICS))
            + Path(intents_module.__file__ or "").read_text(encoding="utf-8")
        )

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the intents on the examples, and remember the wordings of the topics."""
        examples = [one for one in training_data.intent_examples if not one.get(TEXT, "/").startswith("/")]
        wordings = topic_wordings()
        texts = [one.get(TEXT) for one in examples]
        self._classifier = TextClassifier.train(texts, [one.get(INTENT) for one in examples], embedder().embed(texts))
        vectors = embedder().embed([text for _, text in wordings])
        self._nearest = Nearest(vectors)
        self._topics = TextClassifier.train_quickly([text for _, text in wordings], [id for id, _ in wordings], vectors)
        self._asked = {_tidy(text): id for id, text in wordings}
        self._examples = {_tidy(one.get(TEXT)): one.get(INTENT) for one in examples}
        tables = {table["name"]: table["elements"] for table in training_data.lookup_tables}
        self._wishes = frozenset(word for line in tables.get("wishes", ()) for word in line.split())
        self._asks = tuple(tables.get("wishes: phrases", ()))
        with self._model_storage.write_to(self._resource) as folder:
            self._classifier.save(folder)
            self._topics.save(folder, "subjects")
            self._nearest.save(folder)
            kept = {"examples": self._examples, "wishes": sorted(self._wishes), "asks": self._asks,
                    "asked": self._asked}  # fmt: skip
            (folder / "known.json").write_text(json.dumps(kept))
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> IntentReader:
        """The component as it was trained."""
        reader = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            reader._classifier = TextClassifier.load(folder)
            reader._topics = TextClassifier.load(folder, "subjects")
            reader._nearest = Nearest.load(folder)
            kept = json.loads((folder / "known.json").read_text())
            reader._examples, reader._asked = kept["examples"], kept["asked"]
            reader._wishes, reader._asks = frozenset(kept["wishes"]), tuple(kept["asks"])
        embedder().embed(["warm up"])
        return reader

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent and ranking, and the topic as an entity."""
        for message in messages:
            text = (message.get(TEXT) or "").strip()
            if _is_command(message):
                continue
            if not text or self._classifier is None or self._topics is None:
                _set_intent(message, NOT_UNDERSTOOD, 1.0)
                continue
            if any(one["entity"] == "language" for one in message.get(ENTITIES, [])):
                _set_intent(message, "other_language", 1.0)
                continue
            if self._only_tells(message, text):
                _set_intent(message, "report", 1.0)
                continue
            known = self._examples.get(_tidy(text))
            if known is not None and known not in WITH_TOPIC:
                _set_intent(message, known, 1.0)
                continue
            vector = message.get(VECTOR)
            if vector is None and len(text) <= SHORT:
                ranking, topic, similar = self._of_short(text)
            else:
                ranking, topic, similar = self._understand(text, vector)
            best, confidence = ranking[0]
            if similar >= nearness_needed(best, confidence) and self._asks_something(text):
                best, confidence = "ask_topic", similar
            needed = SURE if best in CANNOT_BE_UNDONE else self._threshold
            understood = confidence >= needed and re.search(r"[^\W\d_]{2}", text) is not None
            _set_intent(message, best if understood else NOT_UNDERSTOOD, confidence, ranking)
            if best in WITH_TOPIC and similar >= NO_TOPIC_BELOW:
                entity = _of_whole("topic", topic, text, similar, "IntentReader")
                message.set(ENTITIES, message.get(ENTITIES, []) + [entity], add_to_output=True)
        return messages

    def _only_tells(self, message: Message, text: str) -> bool:
        """Findings were read, nothing is asked, and no word hints at another wish: a report, without a guess."""
        told = any(one["entity"] not in ("for_whom", "exercise") for one in message.get(ENTITIES, []))
        return told and self._wishes.isdisjoint(_words(text)) and not self._asks_something(text)

    def _understand(self, text: str, vector: NDArray[Any] | None = None) -> tuple[list[tuple[str, float]], str, float]:
        assert self._classifier is not None
        assert self._topics is not None
        assert self._nearest is not None
        if (known := self._asked.get(_tidy(text))) is not None:
            return [("ask_topic", 1.0)], known, 1.0
        vector = embedder().embed([text])[0] if vector is None else vector
        grams = grams_of(text)
        chances = self._classifier.probabilities(grams, vector)
        order = chances.argsort()[::-1][:10]
        ranking = [(self._classifier.labels[index], float(chances[index])) for index in order]
        similar = self._nearest.similarity(vector)
        topic = self._topics.labels[int(self._topics.probabilities(grams, vector).argmax())]
        return ranking, topic, similar

    def _asks_something(self, text: str) -> bool:
        """A question by its mark, its first word, a clause that begins as questions do, or a phrase that asks."""
        words = _words(text)
        line = f" {' '.join(words)} "
        begins = "?" in text or bool(words and words[0] in ASKING) or CLAUSE_ASKS.search(text.lower().replace("'", ""))
        return bool(begins) or any(f" {phrase} " in line for phrase in self._asks)


def nearness_needed(wish: str, confidence: float) -> float:
    """How near a question must come to a known wording of a topic to be taken for it.

    Args:
        wish: the intent that the classifier gives.
        confidence: how sure it is, 0 to 1.
    """
    needed = NEARNESS.get(wish, NEVER)
    return min(needed, NEAR_WHEN_UNSURE) if confidence < SURE and wish not in OWN_CARDS else needed


def topic_wordings() -> list[tuple[str, str]]:
    """(topic, wording): titles and `ask` of the content, and the lines `topic: message` of `data/nlu/topics.txt`.

    Raises:
        ValueError: a line names no topic of the content.
    """
    topics = yaml.safe_load(ADVICE.read_text(encoding="utf-8"))
    wordings = [(topic["id"], str(ask)) for topic in topics for ask in [*topic["ask"], topic["title"]]]
    known = {topic["id"] for topic in topics}
    for number, line in enumerate(TOPICS.read_text(encoding="utf-8").splitlines(), 1):
        topic, _, text = line.partition(": ")
        if topic not in known or not text:
            raise ValueError(f"{TOPICS}, line {number}: it must be a topic, a colon and a message")
        wordings.append((topic, text))
    return wordings


def _words(text: str) -> list[str]:
    """Lower case, without apostrophes and marks."""
    return re.findall(r"[a-z]+", text.lower().replace("'", ""))


def _tidy(text: str) -> str:
    """Lower case, without the marks around it."""
    return " ".join(text.lower().split()).strip(" .,!?")


def _of_whole(name: str, value: str, text: str, sure: float, component: str) -> dict[str, Any]:
    """An entity that the whole message stands for."""
    return {
        "entity": name, "value": value, "status": "present", "start": 0, "end": len(text),
        "confidence_entity": sure, "extractor": component,
    }  # fmt: skip


def _is_command(message: Message) -> bool:
    """The first component has settled the intent already."""
    return bool(message.get(INTENT))


def _set_intent(message: Message, name: str, confidence: float, ranking: list[tuple[str, float]] | None = None) -> None:
    message.set(INTENT, {"name": name, "confidence": confidence}, add_to_output=True)
    ranked = [{"name": one, "confidence": chance} for one, chance in ranking or [(name, confidence)]]
    message.set(INTENT_RANKING_KEY, ranked, add_to_output=True)
