"""The checks of `make check`: formatting, lint, types, protos, and the Kubernetes files without a cluster."""
