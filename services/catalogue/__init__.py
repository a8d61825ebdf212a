"""What the shop sells: products, and what features and texts need to know about one."""
