"""The creative generator: a product class and an audience become a picture."""
