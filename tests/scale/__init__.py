"""Many workers: locks, the supervisor, what a proxy publishes."""
