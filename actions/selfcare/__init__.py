"""Self-care: what to change in training, and which exercises to do. Pure; no Rasa, no I/O but `clinical/`."""
