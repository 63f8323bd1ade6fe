"""`python -m bot`, which `make run` starts: one server, or as many workers as `KNEEWISE_WORKERS` says."""

from __future__ import annotations

import asyncio
import os
import sys

from bot.workers import Workers, check_port, workers_wanted


def main() -> int:
    """Run until stopped.

    Returns:
        The exit code.
    """
    try:
        amount = workers_wanted(os.environ)
    except ValueError as error:
        print(f"Kneewise cannot start: {error}", file=sys.stderr)
        return 1
    if amount == 1:
        from bot.server import main as serve

        return serve()
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "5005"))
    try:
        check_port(host, port)
    except OSError as error:
        print(f"Kneewise cannot start: {host}:{port}: {error.strerror}", file=sys.stderr)
        return 1
    return asyncio.run(_run(amount))


async def _run(amount: int) -> int:
    return await Workers(amount, [sys.executable, "-m", "bot.server"], os.environ).run()


if __name__ == "__main__":
    sys.exit(main())
