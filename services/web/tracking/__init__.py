"""`/c/TOKEN` and `/r/TOKEN`: clicks and renders that an ad's signed token reports, on their way to Kafka.

token_routes   token -> verified -> record -> `publisher`; a click goes on to the page that `links` gives
automated      which of these requests are no person's, and do not count
token_events   the records for `ad.clicks` and `ad.renders`, with an id that the token gives
publisher      hands a record to Kafka, and again until the broker has it
links          product -> its page, as the shop's products say it (`kafka_links`), as a browser can go there (`address`)
"""
