/** Serves the simulated providers on 127.0.0.1, one port for each. */
import * as grpc from "@grpc/grpc-js";
import type { Knowledge } from "./contract";
import { SimulatedProvider } from "./engine/provider";
import type { Request } from "./engine/request";
import type { FaultInjector } from "./faults/injector";
import { type Binding, BindingLibrary } from "./schema/library";
import type { TypesInUse } from "./scope";
import { methodNames, serviceDefinition } from "./wire/messages";
import type { WorldFile } from "./world";

export interface ServeOptions {
  bindings: Binding[];
  knowledge: Knowledge;
  world: WorldFile;
  scope: () => TypesInUse;
  /** Where derived schemas are kept. @default nothing is kept */
  cacheDir?: string;
  seed: string;
  /** @default no call fails */
  faults?: FaultInjector;
  log: (line: string) => void;
}

export interface Served {
  /** The value of TF_REATTACH_PROVIDERS: Terraform attaches to these instead of starting a provider. */
  reattach: string;
  close(): void;
}

/** The host that Terraform puts before a provider source without one. */
const DEFAULT_REGISTRY = "registry.terraform.io";
const PROTOCOL_VERSION = 6;

export async function serve(options: ServeOptions): Promise<Served> {
  const servers = await Promise.all(options.bindings.map((binding) => serveOne(binding, options)));
  const entries = servers.map(({ binding, port }) => [`${DEFAULT_REGISTRY}/${binding.source}`, reattachEntry(port)]);
  return {
    reattach: JSON.stringify(Object.fromEntries(entries)),
    close: () => servers.forEach(({ server }) => server.forceShutdown()),
  };
}

function reattachEntry(port: number): object {
  return {
    Protocol: "grpc",
    ProtocolVersion: PROTOCOL_VERSION,
    Pid: process.pid,
    Test: true, // Terraform leaves the process alone when it is done
    Addr: { Network: "tcp", String: `127.0.0.1:${port}` },
  };
}

async function serveOne(
  binding: Binding,
  options: ServeOptions,
): Promise<{ binding: Binding; server: grpc.Server; port: number }> {
  const { knowledge, world, scope, seed, faults, log, cacheDir } = options;
  const library = new BindingLibrary(binding, cacheDir);
  const provider = new SimulatedProvider({ library, knowledge, world, scope, seed, faults, log });
  const unlimited = -1; // a full schema is larger than the default limit
  const server = new grpc.Server({
    "grpc.max_receive_message_length": unlimited,
    "grpc.max_send_message_length": unlimited,
  });
  server.addService(serviceDefinition(), handlers(provider));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { binding, server, port };
}

function handlers(provider: SimulatedProvider): grpc.UntypedServiceImplementation {
  const handle =
    (method: string): grpc.handleUnaryCall<Request, Buffer> =>
    (call, callback) =>
      void provider.answer(method, call.request, call.getPeer()).then((answer) => callback(null, answer));
  return Object.fromEntries(methodNames.map((method) => [method, handle(method)]));
}
