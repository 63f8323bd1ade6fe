"""What is remembered of people beyond the talk: assessments, plans, check-ins, hand-offs, consent. No Rasa."""
