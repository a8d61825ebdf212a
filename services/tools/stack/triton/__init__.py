"""A real Triton from the files of a wheel."""
