"""The parts of the drill `rebalance`: a group of workers, and the run that moves partitions between them."""
