"""The promises of the protocol, proved: see README.md in this folder."""
