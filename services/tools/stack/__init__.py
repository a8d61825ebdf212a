"""The loop on one machine: `main.py` is the supervisor, `processes.py` the table of what it starts, in start order.

Each program has a `ProcessRunner`, which waits for the programs that it needs, probes whether it is ready and restarts
it when it dies. `session.py` starts and ends a supervisor from another process, `control.py` sends it commands,
`reaper.py` ends the remaining processes when it is killed. `state_dir.py` defines where the files of a stack are.
`kafka/`, `redis/` and `triton/` run third-party servers; `bootstrap.py` is `make setup`.
"""
