"""The client SDK: publish events to Kafka, request ads, keep products up to date, and read the newest report.

    producer.connect(kafka, secrets_dir)    publish(View, Click, Order), flush    -> ad.views, ad.clicks, ad.orders
    creative_channel.channel_to(address)    retries for the stubs of protos.gen  <-> CreativeService
    catalogue.upsert, delete                results by product                   <-> CatalogueService
    report_reader.newest_report(kafka)      click rates, intervals, estimates    <-  ad.reports

`pip install '.[sdk]'` installs the dependencies: gRPC, kafka-python, protobuf, protovalidate, and numpy for
`services.policies.posterior_codec`, which decodes the messages of `ad.policy`. It needs no Feast, Faust, torch, Triton
or Redis client. The SDK imports `common`, `runtime` and `wire` only. The stages of the loop do not import the SDK.

An example that is ad server and shop in one, for a checkout whose stack is running:

    import json, subprocess, uuid
    from protos.gen.adloom.creative.v1.creative_service_pb2 import Placement, SelectCreativesRequest
    from protos.gen.adloom.creative.v1.creative_service_pb2_grpc import CreativeServiceStub
    from protos.gen.adloom.events.v1.events_pb2 import Click, View
    from services.sdk.creative_channel import channel_to
    from services.sdk.producer import connect
    from services.sdk.report_reader import newest_report

    stack = json.loads(subprocess.check_output([".venv/bin/adloom", "status", "--json"]))
    with connect(stack["kafka"], ".adloom/secrets") as shop, channel_to(stack["creative"]) as channel:
        shop.publish(View(user_id="alice", product_id="tee-breton", dwell_ms=1200))
        front = Placement(placement_id="front", format="300x250", count=1)
        request = SelectCreativesRequest(request_id=uuid.uuid4().hex, user_id="alice", placements=[front])
        ad = CreativeServiceStub(channel).SelectCreatives(request, timeout=0.5).selections[0]
        print(ad.texts.headline, ad.propensity)
        if ad.product_id:  # the house creative advertises no product
            shop.publish(Click(user_id="alice", product_id=ad.product_id, impression_token=ad.impression_token))
        print(shop.flush(10))  # Tally(sent=2, failed=0, first_failure='')
    for policy in newest_report(stack["kafka"]).policies:  # of impressions whose attribution window has closed
        print(policy.policy, policy.impressions, policy.clicks, policy.ctr)
"""
