"""A shop's traffic for drills, seeded: good events, duplicates and poison, and how they are sent."""
