"""`/v1/`: ads and events for pages as JSON, in the messages of the gRPC services; `/openapi.json` describes them."""
