"""Results become text: for people, for pipes, for programs. No figure is computed here."""
