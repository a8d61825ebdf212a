"""The runtime of the stateful workers, `profiles` and `outcomes`. The path of a record:

    broker -> consumer.py   fetches chunks of one topic-partition, without Faust's objects and tasks for each message
           -> the queue of Faust's channel
           -> stream.py     takes a batch of chunks as soon as one is there
           -> worker.py     makes sure that the partitions are still ours (membership.py, recovery.py)
           -> batch.py      calls classify.py, then `Processor.advance` for each user; makes results durable in order
           -> Processor     `services/profiles/topology.py` and `services/outcomes/processor.py` implement processor.py

The results: emission.py sends records, states/ keeps states and restores them, `Processor.publish` writes rows. Then
`consumer.finished` lets Faust commit. watermark.py keeps event progress by LogAppendTime, group_progress.py holds it
until misplaced messages have come from all partitions, and watchdog.py ends a worker that is stuck. The files in
patches/ correct aiokafka.
`topology_test_driver.py` runs the same batches without Kafka.
"""
