"""The triage engine: pure functions over the protocol in `clinical/`. No Rasa, no network, no clock."""

from actions.triage.engine import assess, next_step
from actions.triage.loader import load_protocol
from actions.triage.model import Assessment, Level, Protocol, Question

__all__ = ["Assessment", "Level", "Protocol", "Question", "assess", "load_protocol", "next_step"]
