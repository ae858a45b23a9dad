"""Results as JSON: the keys are a contract (SPEC section 6)."""
