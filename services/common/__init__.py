"""Nouns and tables that every room knows: topics, metrics, errors, settings, clock, keys. Imports nothing of ours."""
