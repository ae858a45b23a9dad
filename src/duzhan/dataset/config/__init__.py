"""groups.yaml and milestones.yaml <-> roster and rules, every fault with its line."""
