"""Who may sign in: `python -m actions.inbox add|passwd|remove NAME`, and `list`."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Sequence

from actions.inbox.accounts import AccountError, Accounts
from actions.records.identity import BadSecret
from actions.records.store import Records, utc_now

TEXTS = {
    "add": "let a clinician in",
    "passwd": "set a new password, sign out everywhere, lift a lock",
    "remove": "let a clinician in no longer",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Do one command.

    Args:
        arguments: of the command line when None.

    Returns:
        The exit code: 0 when it is done, 1 when it cannot be.
    """
    parser = argparse.ArgumentParser(prog="python -m actions.inbox", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in TEXTS.items():
        commands.add_parser(name, help=text).add_argument("name")
    commands.add_parser("list", help="show the names")
    options = parser.parse_args(arguments)
    try:
        return _run(Accounts(Records().engine, utc_now), options)
    except (AccountError, BadSecret) as error:
        print(f"Not done: {error}.", file=sys.stderr)
        return 1


def _run(accounts: Accounts, options: argparse.Namespace) -> int:
    if options.command == "list":
        for name, locked_until in accounts.names():
            print(f"{name}  locked until {locked_until:%Y-%m-%d %H:%M} UTC" if locked_until else name)
    elif options.command == "add":
        accounts.add(options.name, _password())
        print(f"{options.name} can sign in now.")
    elif options.command == "passwd":
        accounts.change_password(options.name, _password())
        print(f"{options.name} has a new password and is signed out everywhere.")
    else:
        handed_back = accounts.remove(options.name)
        print(f"{options.name} cannot sign in any more. Chats handed back to the assistant: {handed_back}.")
    return 0


def _password() -> str:
    """Typed twice at a terminal; otherwise the first line of the input.

    Raises:
        AccountError: the two are not the same.
    """
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("Password (at least 12 characters): ")
    if getpass.getpass("The same again: ") != first:
        raise AccountError("the two passwords are not the same")
    return first


if __name__ == "__main__":
    sys.exit(main())
