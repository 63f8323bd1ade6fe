"""The SDK side of Kneewise: what is decided and said. Imports nothing from `bot`."""
