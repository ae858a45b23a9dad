"""The use cases, once: what commands, mails and programs ask of a dataset."""
