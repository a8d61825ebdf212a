"""Types and tables that every package uses: topics, metrics, errors, settings, clock, keys. Imports nothing of ours."""
