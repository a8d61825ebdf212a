"""What the drill `exactness` is made of: the plan of who is killed where, the killing, and the run that proves."""
