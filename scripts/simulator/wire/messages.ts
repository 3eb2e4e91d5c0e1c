/**
 * The messages of Terraform's plugin protocol 6, as far as a provider needs them. Names and field numbers are the
 * protocol's; everything a message may carry but the simulator neither reads nor writes is left out.
 */
import type { ServiceDefinition } from "@grpc/grpc-js";
import * as protobuf from "protobufjs";

const DIAGNOSTICS = "repeated Diagnostic diagnostics";

/** Method to the fields of its request and of its response. */
const METHODS: Record<string, [request: string, response: string]> = {
  GetMetadata: [
    "",
    `ServerCapabilities server_capabilities=1; ${DIAGNOSTICS}=2; repeated TypeName data_sources=3;
     repeated TypeName resources=4; repeated Name functions=5; repeated TypeName ephemeral_resources=6;`,
  ],
  GetProviderSchema: [
    "",
    `Schema provider=1; map<string,Schema> resource_schemas=2; map<string,Schema> data_source_schemas=3;
     ${DIAGNOSTICS}=4; Schema provider_meta=5; ServerCapabilities server_capabilities=6;
     map<string,Function> functions=7; map<string,Schema> ephemeral_resource_schemas=8;`,
  ],
  ValidateProviderConfig: ["DynamicValue config=1;", `${DIAGNOSTICS}=2;`],
  ValidateResourceConfig: ["string type_name=1; DynamicValue config=2;", `${DIAGNOSTICS}=1;`],
  ValidateDataResourceConfig: ["string type_name=1; DynamicValue config=2;", `${DIAGNOSTICS}=1;`],
  ValidateEphemeralResourceConfig: ["string type_name=1; DynamicValue config=2;", `${DIAGNOSTICS}=1;`],
  UpgradeResourceState: [
    "string type_name=1; int64 version=2; RawState raw_state=3;",
    `DynamicValue upgraded_state=1; ${DIAGNOSTICS}=2;`,
  ],
  ConfigureProvider: ["string terraform_version=1; DynamicValue config=2;", `${DIAGNOSTICS}=1;`],
  ReadResource: [
    "string type_name=1; DynamicValue current_state=2; bytes private=3; DynamicValue provider_meta=4;",
    `DynamicValue new_state=1; ${DIAGNOSTICS}=2; bytes private=3; Deferred deferred=4;`,
  ],
  PlanResourceChange: [
    `string type_name=1; DynamicValue prior_state=2; DynamicValue proposed_new_state=3; DynamicValue config=4;
     bytes prior_private=5; DynamicValue provider_meta=6;`,
    `DynamicValue planned_state=1; repeated AttributePath requires_replace=2; bytes planned_private=3;
     ${DIAGNOSTICS}=4; bool legacy_type_system=5; Deferred deferred=6;`,
  ],
  ApplyResourceChange: [
    `string type_name=1; DynamicValue prior_state=2; DynamicValue planned_state=3; DynamicValue config=4;
     bytes planned_private=5; DynamicValue provider_meta=6;`,
    `DynamicValue new_state=1; bytes private=2; ${DIAGNOSTICS}=3; bool legacy_type_system=4;`,
  ],
  ImportResourceState: [
    "string type_name=1; string id=2;",
    `repeated Imported imported_resources=1; ${DIAGNOSTICS}=2; Deferred deferred=3;`,
  ],
  MoveResourceState: [
    `string source_provider_address=1; string source_type_name=2; int64 source_schema_version=3;
     RawState source_state=4; string target_type_name=5; bytes source_private=6;`,
    `DynamicValue target_state=1; ${DIAGNOSTICS}=2; bytes target_private=3;`,
  ],
  ReadDataSource: [
    "string type_name=1; DynamicValue config=2; DynamicValue provider_meta=3;",
    `DynamicValue state=1; ${DIAGNOSTICS}=2; Deferred deferred=3;`,
  ],
  OpenEphemeralResource: [
    "string type_name=1; DynamicValue config=2;",
    `${DIAGNOSTICS}=1; Timestamp renew_at=2; DynamicValue result=3; optional bytes private=4; Deferred deferred=5;`,
  ],
  RenewEphemeralResource: [
    "string type_name=1; optional bytes private=2;",
    `${DIAGNOSTICS}=1; Timestamp renew_at=2; optional bytes private=3;`,
  ],
  CloseEphemeralResource: ["string type_name=1; optional bytes private=2;", `${DIAGNOSTICS}=1;`],
  GetFunctions: ["", `map<string,Function> functions=1; ${DIAGNOSTICS}=2;`],
  StopProvider: ["", "string Error=1;"],
};

const SHARED = `syntax="proto3"; package tfplugin6;
message DynamicValue { bytes msgpack=1; bytes json=2; }
message RawState { bytes json=1; map<string,string> flatmap=2; }
message Step { oneof selector { string attribute_name=1; string element_key_string=2; int64 element_key_int=3; } }
message AttributePath { repeated Step steps=1; }
message Diagnostic { int32 severity=1; string summary=2; string detail=3; AttributePath attribute=4; }
message Attribute { string name=1; bytes type=2; string description=3; bool required=4; bool optional=5;
  bool computed=6; bool sensitive=7; int32 description_kind=8; bool deprecated=9; bool write_only=11; }
message Block { int64 version=1; repeated Attribute attributes=2; repeated NestedBlock block_types=3;
  string description=4; int32 description_kind=5; bool deprecated=6; }
message NestedBlock { string type_name=1; Block block=2; int32 nesting=3; int64 min_items=4; int64 max_items=5; }
message Schema { int64 version=1; Block block=2; }
message Function { string summary=4; }
message ServerCapabilities { bool plan_destroy=1; bool get_provider_schema_optional=2; bool move_resource_state=3; }
message Deferred { int32 reason=1; }
message Timestamp { int64 seconds=1; int32 nanos=2; }
message TypeName { string type_name=1; }
message Name { string name=1; }
message Imported { string type_name=1; DynamicValue state=2; bytes private=3; }
`;

function parseMessages(): protobuf.Root {
  const perMethod = Object.entries(METHODS).map(
    ([name, [request, response]]) => `message ${name}_Request { ${request} } message ${name}_Response { ${response} }`,
  );
  return protobuf.parse(SHARED + perMethod.join("\n"), { keepCase: true }).root;
}

const root = parseMessages();

/** Names of all methods a provider answers. */
export const methodNames: string[] = Object.keys(METHODS);

/** Encodes the answer of a method. */
export function encodeResponse(method: string, message: object): Buffer {
  const type = root.lookupType(`tfplugin6.${method}_Response`);
  return Buffer.from(type.encode(type.fromObject(message)).finish());
}

/** The gRPC service. Answers travel as already encoded buffers, so that a large schema is encoded once. */
export function serviceDefinition(): ServiceDefinition {
  return Object.fromEntries(
    methodNames.map((name) => {
      const request = root.lookupType(`tfplugin6.${name}_Request`);
      return [
        name,
        {
          path: `/tfplugin6.Provider/${name}`,
          requestStream: false,
          responseStream: false,
          requestSerialize: (message: object) => Buffer.from(request.encode(request.fromObject(message)).finish()),
          requestDeserialize: (bytes: Buffer) =>
            request.toObject(request.decode(bytes), { longs: Number, defaults: true }),
          responseSerialize: (bytes: Buffer) => bytes,
          responseDeserialize: (bytes: Buffer) => bytes,
        },
      ];
    }),
  );
}
