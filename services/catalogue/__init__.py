"""What the shop sells: products, and the facts of each that features and texts use."""
