"""Seed files: valid ones of each kind that a shop brings, and what bombs and broken programs write."""
