"""Mail (floor 4): reports become messages, the outbox says what is still to be sent, smtp sends."""
