"""The runtime of the stateful workers, `profiles` and `outcomes`. The way of a record:

    broker -> consumer.py   fetches, and hands over chunks of one topic-partition; Faust's per-message way is left out
           -> the queue of Faust's channel
           -> stream.py     a batch of chunks, as soon as there is something
           -> worker.py     makes sure that the partitions are still ours (membership.py, recovery.py)
           -> batch.py      classify.py, then `Processor.advance` for each user, then what is durable in which order
           -> the room      `services/profiles/topology.py` and `services/outcomes/processor.py` implement processor.py

What comes back: records by emission.py, states by table.py and changelog.py, rows by `Processor.publish`; then
`consumer.finished` lets Faust commit. How far time has come is in watermark.py, lost states come back by recovery.py
and restore.py, and a worker that is stuck is ended by watchdog.py. Files named `aiokafka_*` mend that library.
`topology_test_driver.py` runs the same batches without Kafka.
"""
