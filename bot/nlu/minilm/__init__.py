"""The sentence model all-MiniLM-L6-v2: its words, and its graph."""
