"""Telegram: updates come in by webhook or long polling, are kept, answered in order, and drawn for a phone.

`updates` reads what Telegram sends, `waiting` keeps it until it is answered, `worker` answers chat by chat, `desk` works
one update, `draw` turns cards into messages, `presses` says what a button carries, `keyboards` remembers what was shown,
`api` talks to Telegram, `routes` and `polling` are the two ways in.
"""
