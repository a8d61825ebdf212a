"""The loop on one machine: `main.py` is the supervisor, `processes.py` the table of what it starts, in start order.

Each program has a `process_runner.py`, which waits for its needs, asks whether it is ready and starts it again when it
dies. `session.py` starts and ends a supervisor from another process, `control.py` gives it orders, `reaper.py` ends
what is left when it is killed. `state_dir.py` says where everything lies. `kafka/`, `triton/` and `server.py` are
the foreign parts; `bootstrap.py` is `make setup`.
"""
