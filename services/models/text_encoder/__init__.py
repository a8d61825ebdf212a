"""The text encoder: embeds a sentence as a vector of 384 numbers, near those of sentences that mean the same."""
