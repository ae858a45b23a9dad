"""Pure judgement: (facts, rules, day) -> results. No file, no clock, no print."""
