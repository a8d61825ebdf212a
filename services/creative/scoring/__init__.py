"""Click probabilities for candidates: fresh ones from Triton, or the last ones that it gave."""
