"""The ways out: one protocol, one room or module each."""
