"""`GET /openapi.json`: the routes in OpenAPI 3.1; the schemas are made from the protos, so they cannot fall behind."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from starlette.requests import Request
from starlette.responses import Response

from protos.gen.adloom.creative.v1 import creative_service_pb2 as creative_pb
from protos.gen.adloom.events.v1 import event_service_pb2 as events_pb
from services.assets.creative import EXTENSIONS

Schema = dict[str, Any]
_KINDS: Final[dict[int, Schema]] = {
    FieldDescriptor.TYPE_STRING: {"type": "string"},
    FieldDescriptor.TYPE_BYTES: {"type": "string", "contentEncoding": "base64"},
    FieldDescriptor.TYPE_BOOL: {"type": "boolean"},
    FieldDescriptor.TYPE_INT32: {"type": "integer", "format": "int32"},
    FieldDescriptor.TYPE_INT64: {"type": ["string", "integer"], "format": "int64"},  # proto3 JSON writes it as text
    FieldDescriptor.TYPE_FLOAT: {"type": "number"},
    FieldDescriptor.TYPE_DOUBLE: {"type": "number"},
}
_TIME: Final = "google.protobuf.Timestamp"
_ERROR: Final[Schema] = {
    "type": "object",
    "properties": {
        "error": {
            "type": "object",
            "properties": {name: {"type": "string"} for name in ("code", "field", "message")},
            "required": ["code", "field", "message"],
        }
    },
    "required": ["error"],
}
_REFUSED: Final = {
    "description": "Refused: code, field and message say why",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
}
_VIEWABLE: Final = {"name": "viewable_ms", "in": "query", "schema": {"type": "integer", "minimum": 0}}


def document(web_url: str) -> Schema:
    """The whole description of a server that browsers find at `web_url`."""
    asked: list[Any] = [creative_pb.SelectCreativesRequest, creative_pb.SelectCreativesResponse]
    told: list[Any] = [events_pb.PublishEventsRequest, events_pb.PublishEventsResponse]
    return {
        "openapi": "3.1.0",
        "info": {"title": "Adloom", "version": "v1", "description": "Ads for pages, and events of shoppers."},
        "servers": [{"url": web_url}],
        "paths": {**_calls(asked, told), **_files()},
        "components": {
            "schemas": {"Error": _ERROR, **dict(_schemas([cls.DESCRIPTOR for cls in (*asked, *told)]))},
        },
    }


def _calls(asked: Sequence[Any], told: Sequence[Any]) -> Schema:
    return {
        "/v1/select": {"post": _call("selectCreatives", "Choose creatives for the placements of a page", *asked)},
        "/v1/events": {"post": _call("publishEvents", "Publish events; one result for each", *told)},
    }


def _files() -> Schema:
    """What an ad's HTML names."""
    picture, pixel = {"200": _file(*EXTENSIONS)}, {"200": _file("image/gif")}
    page, written = {"302": {"description": "The product's page"}}, {"204": {"description": "Written"}}
    return {
        "/a/{name}": {"get": _got("getPicture", "A picture by its content, SHA256.png or .jpg", "name", picture)},
        "/c/{token}": {"get": _got("followClick", "Count a click once and go on", "token", page)},
        "/r/{token}": {
            "get": _got("getPixel", "The render pixel", "token", pixel, _VIEWABLE),
            "post": _got("sendRender", "The same as a beacon", "token", written, _VIEWABLE),
        },
    }


class OpenApi:
    """Serves the document, made once."""

    def __init__(self, web_url: str) -> None:
        self._text = json.dumps(document(web_url))

    async def answer(self, request: Request) -> Response:
        """`GET /openapi.json`."""
        headers = {"cache-control": "public, max-age=300", "access-control-allow-origin": "*"}
        return Response(self._text, headers=headers, media_type="application/json")


def _call(name: str, summary: str, asked: Any, answered: Any) -> Schema:
    return {
        "operationId": name,
        "summary": summary,
        "requestBody": {"required": True, "content": _json(asked)},
        "responses": {"200": {"description": "OK", "content": _json(answered)}, "default": _REFUSED},
    }


def _got(name: str, summary: str, part: str, responses: Schema, *more: Schema) -> Schema:
    parameter = {"name": part, "in": "path", "required": True, "schema": {"type": "string"}}
    answers = {**responses, "default": _REFUSED}
    return {"operationId": name, "summary": summary, "parameters": [parameter, *more], "responses": answers}


def _file(*media_types: str) -> Schema:
    return {"description": "The file", "content": {media_type: {} for media_type in media_types}}


def _json(cls: Any) -> Schema:
    return {"application/json": {"schema": _reference(cls.DESCRIPTOR)}}


def _reference(message: Descriptor) -> Schema:
    return {"$ref": f"#/components/schemas/{message.full_name}"}


def _schemas(messages: Sequence[Descriptor]) -> Iterator[tuple[str, Schema]]:
    """The schema of each message and of all that it holds."""
    waiting, seen = list(messages), set[str]()
    while waiting:
        message = waiting.pop()
        if message.full_name in seen or message.full_name == _TIME:
            continue
        seen.add(message.full_name)
        waiting += [field.message_type for field in message.fields if field.message_type is not None]
        properties = {field.name: _property(field) for field in message.fields}
        yield message.full_name, {"type": "object", "properties": properties}


def _property(field: FieldDescriptor) -> Schema:
    one = _single(field)
    return {"type": "array", "items": one} if field.is_repeated else one


def _single(field: FieldDescriptor) -> Schema:
    if field.message_type is not None:
        is_time = field.message_type.full_name == _TIME
        return {"type": "string", "format": "date-time"} if is_time else _reference(field.message_type)
    if field.enum_type is not None:
        return {"type": "string", "enum": [value.name for value in field.enum_type.values]}
    return _KINDS[field.type]
