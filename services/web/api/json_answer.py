"""Messages as JSON for pages: every field is written, also where it holds its default."""

from __future__ import annotations

import json

from google.protobuf import json_format
from google.protobuf.message import Message
from starlette.responses import Response


def json_answer(message: Message) -> Response:
    """The message as a response that nobody keeps."""
    found = json_format.MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )
    body = json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(
        body, headers={"cache-control": "no-store", "x-content-type-options": "nosniff"}, media_type="application/json"
    )
