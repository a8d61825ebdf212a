"""How soon a click is in the features, and how soon it changes the decision, against Kafka's own round trip."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import grpc
from kafka import KafkaConsumer, TopicPartition

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from protos.gen.adloom.creative.v1.creative_service_pb2_grpc import CreativeServiceStub
from protos.gen.adloom.events.v1 import events_pb2
from protos.gen.adloom.events.v1.impression_pb2 import Impression
from services.assets.catalogue import demo_catalogue
from services.common.secrets import load_or_make
from services.common.topics import CLICKS, IMPRESSIONS
from services.features.feast_reader import FeastReader
from services.stack.bench_figures import Figure, latencies
from services.stack.session import RunningStack
from services.wire.encode import encode
from services.wire.kafka_producer import Producer, ProducerSettings

ROUNDS = 100
_LOOK_S = 0.002
_WITHIN_S = 10.0
