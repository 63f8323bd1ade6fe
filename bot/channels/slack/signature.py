"""Whether a request really comes from Slack, and now."""

from __future__ import annotations

from collections.abc import Mapping

from slack_sdk.signature import SignatureVerifier


def is_genuine(secret: str, body: bytes, headers: Mapping[str, str]) -> bool:
    """Check the signature over time and body; what is older than five minutes is not believed.

    Args:
        secret: the app's signing secret.
        body: the request as it came.
        headers: with `X-Slack-Request-Timestamp` and `X-Slack-Signature`.
    """
    try:
        stamp, signature = headers.get("x-slack-request-timestamp", ""), headers.get("x-slack-signature", "")
        return stamp.isdecimal() and SignatureVerifier(secret).is_valid(body, stamp, signature)
    except (ValueError, TypeError, OverflowError):
        # slack-sdk raises for a time that is no number, a body that is not UTF-8, a signature that is not ASCII.
        return False
