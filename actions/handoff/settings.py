"""Where hand-offs go, and how patiently: from environment variables, checked when the program starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from actions.handoff.guard import check_address

SHORTEST_SECRET = 16
"""Characters of the secret that webhook posts are signed with."""


class BadSetting(ValueError):
    """A setting cannot be used; the text names it and says what would be right."""


@dataclass(frozen=True)
class Settings:
    """What delivery needs to know; an empty address turns a target off."""

    webhook_url: str = ""
    webhook_secret: str = field(default="", repr=False)
    webhook_format: Literal["json", "fhir"] = "json"
    allow_http: bool = False
    """Plain http to this very machine."""
    allow_private: bool = False
    """Addresses of a private network."""
    slack_channel: str = ""
    slack_token: str = field(default="", repr=False)
    slack_api: str = "https://slack.com/api/"
    timeout: float = 10
    """Seconds that one request may take in all."""
    lease: float = 60
    """Seconds for which a worker has a post to itself; longer than two requests may take."""
    first_wait: float = 5
    """Seconds before the second attempt, at most; doubled for each further one."""
    longest_wait: float = 3600
    most_attempts: int = 340
    """After these a post is dead: about a week, at half the longest wait on average."""
    at_once: int = 4
    """Posts under way at the same time."""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """The settings of this installation.

        Args:
            environ: `os.environ`.

        Raises:
            BadSetting: something is missing or does not fit; nothing is said of a secret but its name.
        """
        settings = cls(
            webhook_url=environ.get("KNEEWISE_WEBHOOK_URL", ""),
            webhook_secret=environ.get("KNEEWISE_WEBHOOK_SECRET", ""),
            webhook_format=_format(environ.get("KNEEWISE_WEBHOOK_FORMAT") or "json"),
            allow_http=environ.get("KNEEWISE_WEBHOOK_ALLOW_HTTP") == "1",
            allow_private=environ.get("KNEEWISE_WEBHOOK_PRIVATE") == "1",
            slack_channel=environ.get("KNEEWISE_CLINICIANS_SLACK", ""),
            slack_token=environ.get("KNEEWISE_SLACK_TOKEN", ""),
            slack_api=environ.get("KNEEWISE_SLACK_API") or cls.slack_api,
            most_attempts=_attempts(environ.get("KNEEWISE_OUTBOX_ATTEMPTS") or str(cls.most_attempts)),
        )
        settings._check()
        return settings

    def _check(self) -> None:
        if self.webhook_url:
            try:
                check_address(self.webhook_url, self.allow_http, self.allow_private)
            except ValueError as error:
                raise BadSetting(f"KNEEWISE_WEBHOOK_URL: {error}") from None
            if len(self.webhook_secret) < SHORTEST_SECRET:
                raise BadSetting(f"KNEEWISE_WEBHOOK_SECRET must have at least {SHORTEST_SECRET} characters")
        if self.slack_channel and not self.slack_token:
            raise BadSetting("KNEEWISE_CLINICIANS_SLACK needs KNEEWISE_SLACK_TOKEN, the token of a Slack app")


def _format(name: str) -> Literal["json", "fhir"]:
    if name == "json":
        return "json"
    if name == "fhir":
        return "fhir"
    raise BadSetting("KNEEWISE_WEBHOOK_FORMAT must be json or fhir")


def _attempts(number: str) -> int:
    if not number.isdecimal() or int(number) < 1:
        raise BadSetting("KNEEWISE_OUTBOX_ATTEMPTS must be a whole number of at least 1")
    return int(number)
