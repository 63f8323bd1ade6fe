"""Invented patients with a known level of care, and the simulated patient that plays them."""
