"""Hostile bytes for the parsers at our doors: what is sent (`mutate*`), to whom (`door_*`), and what came of it."""
