"""Who is who without saying so: the server's secret, the keyed hash of a person, and what is stored sealed.

All keys are derived from one secret, each for its own purpose, so that none of them gives another away.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import stat
import tempfile
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SETTING = "KNEEWISE_SECRET"
SHORTEST = 32
"""Characters of a secret."""
FEWEST_DIFFERENT = 10
"""Different characters of a secret; fewer is a pattern, not chance."""
PLACEHOLDERS = ("changeme", "change-me", "change_me", "change this", "your-secret", "your_secret", "example", "password",
                "kneewise", "0123456789", "abcdefgh")  # fmt: skip
"""Parts of secrets that stand in manuals and templates."""
FOLDER = Path(".kneewise")


class BadSecret(ValueError):
    """The secret cannot be used; the text says why and what would be right, and not the secret."""


def server_secret(folder: Path = FOLDER) -> bytes:
    """The secret that all keys of this installation are derived from.

    `KNEEWISE_SECRET` when it is set, else the file `secret` in `folder`, made at the first call; processes that
    start at once get the same one.

    Args:
        folder: where the file is kept, readable for its owner only.

    Raises:
        BadSecret: it is too short, a known default, or can be read by others.
    """
    given = os.environ.get(SETTING)
    if given is not None:
        return checked(given, SETTING)
    path = folder / "secret"
    if not path.exists():
        _make(path)
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise BadSecret(f"{path} can be read by others than its owner; run: chmod 600 {path}")
    return checked(path.read_text(encoding="ascii").strip(), str(path))


def checked(secret: str, where: str) -> bytes:
    """The secret as bytes.

    Args:
        secret: the text to check.
        where: its setting or file, for the error.

    Raises:
        BadSecret: it could be guessed.
    """
    right = f"use 32 random characters or more, as `openssl rand -hex 32` makes them ({where})"
    if len(secret) < SHORTEST:
        raise BadSecret(f"the secret has {len(secret)} characters; {right}")
    if len(set(secret)) < FEWEST_DIFFERENT or any(part in secret.lower() for part in PLACEHOLDERS):
        raise BadSecret(f"the secret is a pattern or a known default; {right}")
    return secret.encode()


def _make(path: Path) -> None:
    """Write a new secret; another process that does so at the same time wins or loses as a whole."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file, new = tempfile.mkstemp(dir=path.parent)  # mode 0600
    try:
        with os.fdopen(file, "w", encoding="ascii") as written:
            written.write(secrets.token_hex(32) + "\n")
            written.flush()
            os.fsync(written.fileno())
        os.link(new, path)
    except FileExistsError:
        return
    finally:
        os.unlink(new)


def derived_key(secret: bytes, purpose: str) -> bytes:
    """A key of 32 bytes for one purpose.

    Args:
        secret: the server's secret.
        purpose: a name of its own for each use.
    """
    return HKDF(SHA256(), 32, salt=b"kneewise", info=purpose.encode()).derive(secret)


class Identity:
    """What the records need of the secret.

    Args:
        secret: from `server_secret`.
    """

    def __init__(self, secret: bytes):
        self._person = derived_key(secret, "person")
        self._box = Fernet(base64.urlsafe_b64encode(derived_key(secret, "seal")))
        self.check = hmac.new(derived_key(secret, "check"), b"kneewise", hashlib.sha256).hexdigest()
        """Tells whether a database was written with this secret, and nothing about it."""

    def person(self, sender: str) -> str:
        """The key of a person, 64 hexadecimal characters.

        Args:
            sender: the id by which the channel knows the person.
        """
        return hmac.new(self._person, sender.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

    def seal(self, text: str) -> str:
        """The text so that only this installation can read it."""
        return self._box.encrypt(text.encode("utf-8", "surrogatepass")).decode("ascii")

    def unseal(self, sealed: str) -> str:
        """The text that was sealed.

        Raises:
            BadSecret: it was sealed with another secret, or changed.
        """
        try:
            return self._box.decrypt(sealed.encode()).decode("utf-8", "surrogatepass")
        except InvalidToken:
            raise BadSecret("what is stored was sealed with another secret, or was changed") from None

    def open_link(self, link: str, seconds: int | None = None) -> str | None:
        """What was sealed into a link.

        Args:
            link: from outside, any text.
            seconds: how old it may be; None for any age.

        Returns:
            None when it was not sealed here, or is too old.
        """
        try:
            return self._box.decrypt(link.encode(), ttl=seconds).decode("utf-8", "surrogatepass")
        except (InvalidToken, UnicodeEncodeError):
            return None
