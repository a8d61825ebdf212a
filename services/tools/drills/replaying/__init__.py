"""The parts of the drill `replay`: a deployment, the copy of a log, and the observed results."""
