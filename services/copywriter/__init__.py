"""The words of ads, made of what a product's row says and of nothing else (law 10). Pure."""
