"""What must follow from a log of events, by plain loops that import nothing of ours, held against what a stack says."""
