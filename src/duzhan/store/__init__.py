"""The only writer of a dataset: transactions, the journal, locks, files whole or not at all."""
