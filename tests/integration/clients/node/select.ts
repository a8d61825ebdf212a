// Asks for one creative and prints it as JSON, with the types that protoc-gen-es makes of the protos.
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { toJsonString } from "@bufbuild/protobuf";
import { CreativeService, SelectCreativesResponseSchema } from "./gen/adloom/creative/v1/creative_service_pb.js";

const transport = createGrpcTransport({ baseUrl: `http://${process.argv[2]}` });
const creatives = createClient(CreativeService, transport);
const answer = await creatives.selectCreatives(
  { userId: "alice", placements: [{ placementId: "front", format: "300x250" }] },
  { timeoutMs: 2000 },
);
console.log(toJsonString(SelectCreativesResponseSchema, answer, { useProtoFieldName: true }));
process.exit(0);
