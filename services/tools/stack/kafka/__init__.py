"""A real Apache Kafka from Maven's jars and a Java runtime of a wheel; its topics, and how they get more partitions."""
