"""kafka-python stays in step with the broker also where Python runs without assertions."""

from __future__ import annotations

import subprocess
import sys

READ = """
import io, sys
from kafka.protocol.schemas.fields.codecs.tagged_fields import TaggedFields
from services.wire.kafka_empty_tags import read_empty_tags
read_empty_tags()
answer = io.BytesIO(b"\\0and what follows")
TaggedFields.decode_empty(answer)
sys.stdout.write(answer.read().decode())
"""


def test_the_byte_of_an_empty_part_is_read_without_assertions() -> None:
    done = subprocess.run([sys.executable, "-O", "-c", READ], capture_output=True, text=True, check=True)
    assert done.stdout == "and what follows"
