"""The models: tensor contracts, one folder for each network, and the client of the Triton server that runs them.

Serving processes import `tensors`, `triton_client`, `ports` and `manifest`, none of which needs torch. The networks
themselves (`*/network.py`), `weights`, `export` and `triton_backend` need it; only training and Triton's own
interpreters import those.
"""
