"""Click-through rate: how likely a shopper is to click each of the candidates."""
