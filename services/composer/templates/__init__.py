"""Templates of ads as data: one YAML file each, and what reads them."""
