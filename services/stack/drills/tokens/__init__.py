"""What the drill of tokens is made of."""
