"""The web channel: sessions, Socket.IO and its HTTP fallback for `<knee-chat>` (docs/web-protocol.md)."""

from bot.channels.web.channel import WebInput

__all__ = ["WebInput"]
