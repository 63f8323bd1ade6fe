"""The databases that the tests of this folder use."""

from tests.databases import database_url, records

__all__ = ["database_url", "records"]
