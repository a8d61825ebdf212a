"""Campaigns: which creatives are served where, to whom, when and how often.

    ad.campaigns -> campaign_table.py -> terms.py (what a campaign says)
    rules.py          each rule by name, for the index and for `adloom why-not`
    campaign_index.py rows of creatives by campaign -> what a request may be served, and in which campaign
    why_not.py        every rule's answer for one creative; check_campaign.py, read_yaml.py: what people write
    succession.py     a campaign that is given again, paused or resumed; status.py: what it is doing
    spending/
      pacing.py       how much of a budget may be spent by now
      leases.py       what this replica may serve without asking; allowance.py: what one request takes of it
      lease_keeper.py fills leases up from Redis (redis_counters.py) in the background, counts records where it must

Budgets. All replicas lease impressions from one counter a campaign in Redis, at most 0.2 % of the budget each, and
serve only what they have leased, so together they never serve more than the budget. A replica that is killed loses its
lease: so much of the budget is not served. One that ends in order gives it back. Where the counters are lost (Redis was
emptied), leases are void, and impressions are counted from the records on `ad.impressions` before any is granted.
What may go wrong: a replica that is cut off from Redis while Redis is emptied serves the rest of its lease beside the
new count; records older than the retention of `ad.impressions` (30 days) are not counted; a Redis that loses its last
writes (a failover to a copy) grants them again. Clicks are those on `ad.outcomes`, so inside the attribution window; a
campaign stops within a second of the click that reaches its budget, and ads shown before may still be clicked.

Frequency caps are counted in Redis by all replicas together, in one step with the question, before the choice, so two
requests of one shopper at two replicas cannot both take the last impression. A campaign with caps is not served to
shoppers who cannot be counted: without a user id, without consent, or while Redis does not answer.
"""
