"""Campaigns at a request.

at_request.py  which creatives of a placement may be served, in which campaign, and how often
clients.py     what follows the topic, leases impressions and counts clicks in the background
"""
