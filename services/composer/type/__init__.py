"""Typefaces, and how lines of text are set in them."""
