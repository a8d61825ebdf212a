// Asks for one creative and prints it as JSON, without generated code: Node reads the descriptor set itself.
import { readFileSync } from "node:fs";
import { credentials, loadPackageDefinition } from "@grpc/grpc-js";
import { loadFileDescriptorSetFromBuffer } from "@grpc/proto-loader";

const [address, descriptors] = process.argv.slice(2);
const options = { keepCase: true, enums: String, longs: String };
const { adloom } = loadPackageDefinition(loadFileDescriptorSetFromBuffer(readFileSync(descriptors), options));
const creatives = new adloom.creative.v1.CreativeService(address, credentials.createInsecure());
const request = { user_id: "alice", placements: [{ placement_id: "front", format: "300x250" }] };
creatives.SelectCreatives(request, { deadline: Date.now() + 2000 }, (problem, answer) => {
  if (problem) throw problem;
  console.log(JSON.stringify(answer));
  creatives.close();
});
