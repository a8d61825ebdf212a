"""Click probabilities for candidates: fresh ones from Triton, or the last known ones."""
