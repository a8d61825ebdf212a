"""Creatives: pictures by content, what is known of each, and which of them may be served now."""
