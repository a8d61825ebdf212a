"""The parts of the drill `exactness`: the plan of the kills, the killing, and the run that compares the results."""
