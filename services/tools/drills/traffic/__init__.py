"""A shop's traffic for drills, seeded: valid events, duplicates and poison, and how they are sent."""
