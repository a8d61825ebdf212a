"""The parts of the drill `faults`: a slow link, open-loop load, faults that can be ended, and the verdict."""
