"""The records by command: `python -m actions.records purge | export SENDER | delete SENDER`.

SENDER is the person's id as the channel has it: `web:…`, `tg:<chat id>`, `slack:<team>:<user>`.
"""

from __future__ import annotations

import argparse
import json
import secrets
import sys
from collections.abc import Sequence

from actions.records.effects import Erased
from actions.records.retention import keep_days, keep_since
from actions.records.store import Records


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command, and print its outcome as JSON.

    Args:
        arguments: of the command line.

    Returns:
        The exit code: 0, or 2 when the settings are wrong.
    """
    parser = argparse.ArgumentParser(prog="python -m actions.records", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("purge", help="delete the people not seen for KNEEWISE_KEEP_DAYS")
    for name, what in (("export", "print everything stored of a person"), ("delete", "delete all of it")):
        commands.add_parser(name, help=what).add_argument("sender")
    given = parser.parse_args(arguments)
    try:
        records, days = Records(), keep_days()
    except ValueError as error:
        print(f"Kneewise cannot open its records: {error}", file=sys.stderr)
        return 2
    print(json.dumps(_outcome(records, given, days), indent=2, ensure_ascii=True))
    return 0


def _outcome(records: Records, given: argparse.Namespace, days: int) -> object:
    if given.command == "purge":
        return records.purge(keep_since(records.now(), days))
    if given.command == "export":
        return records.export(given.sender)
    receipt = secrets.token_hex(8)
    records.apply("command", given.sender, [Erased(receipt)])
    return {"receipt": receipt, "deleted": records.receipt(receipt)}


if __name__ == "__main__":
    sys.exit(main())
