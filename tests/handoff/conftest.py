"""The databases that the tests of this folder use."""

from tests.databases import records

__all__ = ["records"]
