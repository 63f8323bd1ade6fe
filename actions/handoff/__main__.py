"""The outbox on the command line: `python -m actions.handoff outbox`, `python -m actions.handoff retry KEY`."""

from __future__ import annotations

import argparse
import sys

from actions.handoff import outbox
from actions.records.store import Records, utc_now


def main(arguments: list[str], records: Records | None = None) -> int:
    """Show what was not delivered, or try it again.

    Args:
        arguments: `outbox`, or `retry` and the key of a post (`dead` for all dead ones).
        records: those of this installation when None.

    Returns:
        0; 1 when there is nothing to retry.
    """
    parser = argparse.ArgumentParser(prog="python -m actions.handoff", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("outbox", help="what waits or is dead")
    retrying = commands.add_parser("retry", help="try a post again now")
    retrying.add_argument("key", help="as `outbox` shows it, or `dead` for all dead ones")
    given = parser.parse_args(arguments)
    records = records or Records()
    return _show(records) if given.command == "outbox" else _retry(records, given.key)


def _show(records: Records) -> int:
    number = outbox.counts(records)
    print(", ".join(f"{count} {state}" for state, count in number.items()))
    for post in outbox.unsent(records):
        next_at = f"next {post['next_at']:%Y-%m-%d %H:%M} UTC" if post["state"] == outbox.WAITING else ""
        line = [post["state"], post["key"], f"{post['attempts']} attempts", next_at, post["last_error"]]
        print("  ".join(part for part in line if part))
    return 0


def _retry(records: Records, key: str) -> int:
    dead = [post["key"] for post in outbox.unsent(records) if post["state"] == outbox.DEAD]
    keys = dead if key == "dead" else [key]
    retried = [one for one in keys if outbox.retry(records, one, utc_now())]
    print(f"{len(retried)} to be tried again" if retried else "nothing to try again: see `outbox`")
    return 0 if retried else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
