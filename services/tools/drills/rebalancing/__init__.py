"""What the drill `rebalance` is made of: a crowd of workers, and what they go through."""
