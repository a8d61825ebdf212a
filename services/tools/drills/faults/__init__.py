"""What the drill `faults` is made of: a slow link, open-loop load, faults that can be ended, and the judgement."""
