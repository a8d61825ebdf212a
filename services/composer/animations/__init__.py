"""Animated GIF and WebP files that others made: their frames within bounds, and the files without metadata."""
