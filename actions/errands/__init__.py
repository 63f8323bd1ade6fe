"""What is done besides the triage, a few questions at a time: fitting the plan, a check-in, a hand-off.

The triage comes first: whatever an errand is about, a message is read for red flags, and a question that a rule
depends on is asked before the errand goes on.
"""
