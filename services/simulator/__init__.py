"""Shoppers with known tastes, and their traffic.

`shoppers/` is who they are and what they truly click, which no model of ours shares. `main.py` lets them shop on the
running loop: `crowd.py` says who comes, `shopping.py` plays visits, `emit.py` and `grpc_ad_server.py` are the shop and
its ad server. `click_traffic.py` is the same without a stack, as rows to train the click model on.
"""
