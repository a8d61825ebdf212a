"""What the drill `replay` is made of: two deployments, the copy of a log, and what each makes of it."""
