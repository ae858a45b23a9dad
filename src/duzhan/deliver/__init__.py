"""What is sent, to whom, once: jobs, letters, the outbox, channels."""
