"""What the drill `tokens` is made of: bad tokens, an ad server whose shoppers click, a rotation, what came of it."""
