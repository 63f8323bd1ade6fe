"""What a page needs to know of the place where the assistant runs: emergency numbers, limits, the introduction."""

from __future__ import annotations

import os
import re
from typing import Any

from actions.wording import SETTINGS, content, say, service
from bot.channels.web.limits import LONGEST_TEXT

NUMBER = re.compile(r"\+?[\d\s-]{2,20}")


def emergency() -> dict[str, Any]:
    """Emergency numbers: words to read, the number to dial where the operator set one, and those of the countries."""
    text = service()["emergency"]
    if os.environ.get(SETTINGS["emergency"]):
        number = text.strip() if NUMBER.fullmatch(text.strip()) else None
        return {"text": text, "number": number, "numbers": []}
    countries = content("service.yml")["numbers"]
    numbers = [{key: str(one[key]) for key in ("country", "name", "number")} for one in countries]
    return {"text": text, "number": None, "numbers": numbers}


def settings() -> dict[str, Any]:
    """What `GET /web/settings` answers; a part of what `begin` answers."""
    return {"emergency": emergency(), "limits": {"characters": LONGEST_TEXT}, "intro": say("intro")}
