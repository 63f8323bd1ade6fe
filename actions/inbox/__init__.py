"""The clinicians' inbox: hand-offs by urgency, each with its transcript, and what a clinician can do about it."""

from actions.inbox.pages import Line, Transcript
from actions.inbox.server import make_inbox, start_inbox

__all__ = ["Line", "Transcript", "make_inbox", "start_inbox"]
