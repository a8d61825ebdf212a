"""The text encoder: a sentence becomes a point in 384 dimensions, near to sentences that mean the same."""
