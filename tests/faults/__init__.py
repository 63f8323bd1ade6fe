"""Whole conversations while things break: workers, PostgreSQL, Redis, the disk, the clock, the model, the actions."""
