"""What `make check` runs: formatting, lint, types, protos, and the Kubernetes files without a cluster."""
