"""What the shop sells: products, what is offered of each now, and the facts that features and texts use.

How a row of the shop's feed becomes an offer, and ends an ad:

    FILE -> feeds          each row is read, and becomes a Product or a Rejection with its reason
         -> import_feed    what the whole feed changes (`difference`); nothing is applied before all of it was read
         -> kafka_products the changes on `ad.products`, one message a product; a tombstone: it is gone
         -> kafka_offers   read by `creative`: `offer_of` says whether it can be bought now, and for how much
         -> facts_table    the newest message of each product, its facts, and what has changed
         -> offers         the newest Offer of each product; `why_ended` says why an ad of it may not be shown (law 10)

The pictures that products name come by themselves (`photos`) onto `ad.photos` and into the store.

Single products come by CatalogueService (`check_product`) onto the same topic. `catalogue` holds the products that ads
are made for: the demo's, or a list like them; `facts` has what features use of a product, relative to the `vocabulary`
that was grown from all of them; `kafka_facts` follows the topics of both.
"""
