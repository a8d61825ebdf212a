"""The states of users: a local table and its changelog, recovery, and for how many partitions they are laid out."""
