"""Stage 5: tensor contracts, one folder for each network, and the client of the Triton server that runs them.

Serving processes import `tensors`, `ports`, `manifest`, `triton_client`, `batching_scorer`, and the tables `audience`
and `product_classes` of `generator`; none of them needs torch. The networks themselves (`*/network.py`), `weights`,
`export` and `triton_backend` need it; only training and Triton's own interpreters import those.
"""
