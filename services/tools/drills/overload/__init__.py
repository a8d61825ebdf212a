"""What the drill of overload is made of."""
