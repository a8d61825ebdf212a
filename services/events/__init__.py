"""How shoppers' events come in: the gRPC door, the producer SDK, and the replay of logs.

All three make the same records (`door.py`): the user id becomes a pseudonym before anything else is done with it, the
fields are checked, and only what every consumer will accept is sent.
"""
