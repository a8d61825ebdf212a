"""What runs, shows, attacks, measures and checks the product on one machine; in no serving image.

stack    real Kafka, Redis and Triton and our processes, kept running by a supervisor
demo     `adloom run`: the stack with simulated shoppers, counted from outside
bench    figures, each held against a bare reference in the same run
drills   faults and hostile inputs, and an oracle that says what must follow
checks   what `make check` runs
"""
