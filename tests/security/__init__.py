"""What an attacker could try, against the real server."""
