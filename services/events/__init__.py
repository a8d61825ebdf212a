"""Stage 1: where events and products of shops enter: EventService and CatalogueService, and the replay of logs.

Views, clicks and orders of both, and of the producer SDK (`services/sdk`), become records in
`services/wire/codec/shop_events.py`: it pseudonymises the user id first, and then checks the fields. Impressions, which
only a replayed log has, become records in `log_format.py`.

Products of CatalogueService go to `ad.products`, and what it tells is read from there (`catalogue_servicer.py`).
"""
