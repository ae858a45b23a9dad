"""The dashboard: one self-contained page with the judgement of every offered day."""
