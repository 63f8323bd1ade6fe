"""Channels: each authenticates, hands plain text on, and draws the cards its own way."""
