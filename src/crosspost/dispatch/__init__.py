"""What the machine does: claim, send, record, retry, reconcile; and the daemon that keeps doing it."""
