"""Shoppers with known tastes, and their traffic.

`shoppers/` defines the shoppers and their true click probabilities; no model of ours has this form. `main.py` runs them
against a running stack: `crowd.py` schedules visits, `shopping.py` plays them, `emit.py` sends the shop's events and
`grpc_ad_server.py` is the shop's ad server. `click_traffic.py` simulates the same without a stack and gives the rows on
which the click model is trained.
"""
