"""Tests of what stands in `clinical/` beside the rules: the safety case, and where the words come from."""
