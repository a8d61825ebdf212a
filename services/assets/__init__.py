"""Creatives: pictures addressed by content, their metadata, and which of them may be served now."""
