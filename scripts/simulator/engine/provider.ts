/** One simulated provider: the methods of the plugin protocol over derived schemas. */
import type { Diagnostic, Knowledge, Obj } from "../contract";
import type { BindingLibrary } from "../schema/library";
import { conform, wireSchema } from "../schema/shape";
import type { TypeSchema } from "../schema/types";
import type { FaultInjector } from "../faults/injector";
import type { TypesInUse } from "../scope";
import { canon, decode, decodeObject, encode } from "../wire/value";
import { encodeResponse } from "../wire/messages";
import { isHandWritten, type StoredObject, type WorldFile } from "../world";
import { apply, destroy } from "./apply";
import { NO_SETTINGS, type ProviderSettings, readSettings, readTags } from "./cross-cutting";
import { error, hasError, wireDiagnostics } from "./diagnostics";
import { ephemeralSchema } from "./ephemeral-schema";
import { callOf, outcomeOf, refuser, revert } from "./faulty";
import { Holders } from "./holders";
import { findImport, settle } from "./import";
import { foreignState, isPlanned, objectKey, PLANNED, privateData, vanished } from "./marker";
import { needsLegacyRules, plan } from "./plan";
import type { Request } from "./request";
import { inRegion, type Session, sessionFor } from "./session";
import { openEphemeral, readData } from "./sources";
import { realCredentialsInConfig, unconfigurable } from "./validate";

export interface ProviderOptions {
  library: BindingLibrary;
  knowledge: Knowledge;
  world: WorldFile;
  /** Types in the configurations and states of the run. */
  scope: () => TypesInUse;
  seed: string;
  /** Makes calls fail. @default every call is answered at once */
  faults?: FaultInjector;
  /** Called with one line for every object that is made, changed, removed or refused. */
  log: (line: string) => void;
}

export class SimulatedProvider {
  private readonly settings = new Map<string, ProviderSettings>();
  private readonly holders = new Holders();
  private schemas: { scope: string; bytes: Buffer } | undefined;

  constructor(private readonly options: ProviderOptions) {}

  /** Answers one call. A failure of the simulator itself becomes a message, so that Terraform shows it in full. */
  async answer(method: string, request: Request, peer: string): Promise<Buffer> {
    try {
      this.options.world.refresh();
      return await this.dispatch(method, request, peer);
    } catch (failure) {
      const detail = failure instanceof Error ? failure.message : String(failure);
      this.options.log(
        `failed ${method} ${request.type_name ?? ""}: ${failure instanceof Error ? failure.stack : detail}`,
      );
      return encodeResponse(method, reply([error("The simulated provider failed", detail)]));
    }
  }

  private async dispatch(method: string, request: Request, peer: string): Promise<Buffer> {
    if (method === "GetProviderSchema") return this.providerSchema();
    const handler = this.handlers[method];
    if (!handler) return encodeResponse(method, {});
    const carryOut = (): object => handler(request, this.session(peer), peer);
    return encodeResponse(method, await this.withFaults(method, request, peer, carryOut));
  }

  private async withFaults(method: string, request: Request, peer: string, carryOut: () => object): Promise<object> {
    const { faults, world, knowledge } = this.options;
    const call = faults && callOf(method, request);
    if (!faults || !call) return carryOut();
    return faults.answer({
      call,
      type: request.type_name,
      attempts: (this.settings.get(peer) ?? NO_SETTINGS).maxRetries,
      refuse: refuser(method, request),
      carryOut: () => {
        world.refresh(); // somebody may have edited it while the call waited
        return outcomeOf(carryOut(), world, knowledge);
      },
      revert: (attribute) => revert(attribute, request, world),
    });
  }

  private readonly handlers: Record<string, (r: Request, session: Session, peer: string) => object> = {
    ConfigureProvider: (r, _, peer) => this.configure(r, peer),
    ValidateResourceConfig: (r, session) => this.validate(r, session),
    UpgradeResourceState: (r) => this.upgrade(r),
    ReadResource: (r, session) => this.read(r, session),
    PlanResourceChange: (r, session) => this.plan(r, session),
    ApplyResourceChange: (r, session, peer) => this.apply(r, session, peer),
    ImportResourceState: (r, session) => this.import(r, session),
    MoveResourceState: (r) => this.move(r),
    ReadDataSource: (r, session) => this.readData(r, session),
    OpenEphemeralResource: (r, session) => this.openEphemeral(r, session),
  };

  private providerSchema(): Buffer {
    const { library, knowledge, world } = this.options;
    const used = this.options.scope();
    const resources = [...new Set([...used.resources, ...world.all().map((o) => o.type)])].sort();
    const data = [...new Set([...used.data, ...world.dataTypes])].sort();
    const scope = JSON.stringify([resources, data]);
    if (this.schemas?.scope === scope) return this.schemas.bytes;
    const describe = (types: string[], find: (type: string) => TypeSchema | undefined): Record<string, object> => {
      const found = types.flatMap((type) => find(type) ?? []);
      return Object.fromEntries(found.map((s) => [s.type, wireSchema(s, new Set(knowledge.facts(s.type).sensitive))]));
    };
    const bytes = encodeResponse("GetProviderSchema", {
      provider: wireSchema(library.provider(), new Set()),
      resource_schemas: describe(resources, (type) => library.resource(type)),
      data_source_schemas: describe(data, (type) => library.data(type)),
      ephemeral_resource_schemas: describe(Object.keys(knowledge.ephemeral).sort(), (type) => this.ephemeral(type)),
      server_capabilities: { plan_destroy: false, get_provider_schema_optional: false, move_resource_state: false },
    });
    this.schemas = { scope, bytes };
    return bytes;
  }

  private configure(r: Request, peer: string): object {
    const config = decodeObject(r.config) ?? {};
    const diagnostics = realCredentialsInConfig(config);
    // Every alias of a provider has its own connection: the configuration belongs to the peer, not to the process.
    this.settings.set(peer, readSettings(config));
    this.holders.begins(peer);
    return reply(diagnostics);
  }

  private validate(r: Request, session: Session): object {
    const { knowledge } = this.options;
    const { type, block } = this.resource(r.type_name);
    const config = decodeObject(r.config) ?? {};
    const diagnostics = [
      ...unconfigurable(block, config),
      ...knowledge.validate(type, config, session.ctx),
      ...(knowledge.hooks(type).validate?.(config, session.ctx) ?? []),
    ];
    return { diagnostics: wireDiagnostics(diagnostics, block) };
  }

  private upgrade(r: Request): object {
    const state = conform(this.resource(r.type_name).block, decode({ json: r.raw_state?.json }));
    return { upgraded_state: encode(state) };
  }

  private read(r: Request, session: Session): object {
    const { type, block } = this.resource(r.type_name);
    const state = decodeObject(r.current_state) ?? {};
    const key = objectKey(r.private);
    if (key === undefined) return reply([foreignState(type, state.id)]);
    this.holders.holds(key);
    const object = this.upToDate(this.find(type, key, state, session), session);
    const attributes = object && withoutWriteOnly(block, conform(block, object.attributes));
    const seen = attributes && readTags(attributes, session.settings);
    return { new_state: encode(seen ?? null), private: privateData(object?.key ?? key) };
  }

  private plan(r: Request, session: Session): object {
    const { knowledge } = this.options;
    const schema = this.resource(r.type_name);
    const prior = decodeObject(r.prior_state);
    const proposed = decodeObject(r.proposed_new_state);
    const config = decodeObject(r.config);
    const key = objectKey(r.prior_private);
    if (prior && key === undefined) return reply([foreignState(schema.type, prior.id)]);
    this.holders.holds(key);
    if (!proposed || !config) return { planned_state: encode(null), planned_private: r.prior_private };
    const region = typeof config.region === "string" ? config.region : undefined;
    const made = plan({ schema, config, prior, proposed, session: inRegion(session, region), knowledge });
    return {
      planned_state: encode(made.planned),
      requires_replace: made.requiresReplace.map((steps) => ({ steps })),
      planned_private: r.prior_private?.length ? r.prior_private : PLANNED,
      diagnostics: wireDiagnostics(made.diagnostics, schema.block),
      legacy_type_system: needsLegacyRules(schema, knowledge.facts(schema.type)),
    };
  }

  private apply(r: Request, session: Session, peer: string): object {
    const { knowledge, log } = this.options;
    const schema = this.resource(r.type_name);
    const { type, block } = schema;
    const prior = decodeObject(r.prior_state);
    const planned = decodeObject(r.planned_state);
    const key = objectKey(r.planned_private) ?? this.keyOfTainted(type, prior, r, session);
    if (prior && key === undefined) return { new_state: encode(prior), ...reply([foreignState(type, prior.id)]) };
    const current = prior && key !== undefined ? this.find(type, key, prior, session) : undefined;
    if (!planned) {
      const refused = destroy(current, session, knowledge);
      log(`${hasError(refused) ? "refused to destroy" : "destroyed"} ${type} ${current?.id ?? "(was gone)"}`);
      return { new_state: encode(hasError(refused) ? prior : null), private: r.planned_private, ...reply(refused) };
    }
    if (prior && !current) return { new_state: encode(prior), ...reply([vanished(type, prior)]) };
    const config = decodeObject(r.config) ?? {};
    const isForgotten = (made: StoredObject): boolean => this.holders.isForgotten(made.key, peer);
    const { object, diagnostics } = apply({
      schema,
      config,
      prior,
      planned,
      current,
      session,
      knowledge,
      isForgotten,
    });
    if (object && !prior) this.holders.makes(object.key);
    log(`${object ? (prior ? "updated" : "created") : "refused"} ${type} ${object?.id ?? ""}`);
    return {
      new_state: encode(object ? conform(block, object.attributes) : prior),
      private: object ? privateData(object.key) : r.planned_private,
      diagnostics: wireDiagnostics(diagnostics, block),
      legacy_type_system: needsLegacyRules(schema, knowledge.facts(type)),
    };
  }

  /** The object that is destroyed because it is tainted: a request before this one carried its key. */
  private keyOfTainted(type: string, prior: Obj | null, r: Request, session: Session): string | undefined {
    const object = prior && isPlanned(r.planned_private) ? this.find(type, "", prior, session) : undefined;
    return object && this.holders.isHeld(object.key) ? object.key : undefined;
  }

  private import(r: Request, session: Session): object {
    const schema = this.resource(r.type_name);
    const { knowledge } = this.options;
    const found = findImport(schema, r.id, session, knowledge);
    if (!("key" in found)) return reply([found]);
    if (isHandWritten(found)) settle(schema, found, session, knowledge);
    const state = withoutWriteOnly(schema.block, conform(schema.block, found.attributes));
    this.options.log(`imported ${schema.type} ${found.id}`);
    return { imported_resources: [{ type_name: schema.type, state: encode(state), private: privateData(found.key) }] };
  }

  private move(r: Request): object {
    return reply([
      error("Move between types", `The simulator cannot turn ${r.source_type_name} into ${r.target_type_name}.`),
    ]);
  }

  private readData(r: Request, session: Session): object {
    const schema = this.options.library.data(r.type_name);
    if (!schema) throw new Error(`no data source ${r.type_name}`);
    const answer = readData(schema, decodeObject(r.config) ?? {}, session, this.options.knowledge);
    if ("refused" in answer) return reply([answer.refused]);
    this.options.world.addDataType(schema.type);
    return { state: encode(answer.value) };
  }

  private openEphemeral(r: Request, session: Session): object {
    const { knowledge } = this.options;
    const schema = this.ephemeral(r.type_name);
    const source = knowledge.ephemeral[r.type_name];
    if (!schema || !source) throw new Error(`no ephemeral type ${r.type_name}`);
    const answer = openEphemeral(schema, source, decodeObject(r.config) ?? {}, session, knowledge);
    return "refused" in answer ? reply([answer.refused]) : { result: encode(answer.value) };
  }

  private resource(type: string): TypeSchema {
    const schema = this.options.library.resource(type);
    if (!schema) throw new Error(`no resource type ${type}`);
    return schema;
  }

  private ephemeral(type: string): TypeSchema | undefined {
    return ephemeralSchema(type, this.options.library, this.options.knowledge);
  }

  /** The object as it is now: the cloud may have gone on with it since it was made. */
  private upToDate(object: StoredObject | undefined, { ctx, world }: Session): StoredObject | undefined {
    const attributes = object && this.options.knowledge.hooks(object.type).read?.({ object, ctx, world });
    if (!object || !attributes || canon(attributes) === canon(object.attributes)) return object;
    const changed = { ...object, attributes };
    world.put(changed);
    return changed;
  }

  /** By the key in the state, or by id when the object was put into the world file by hand. */
  private find(type: string, key: string, state: Obj, session: Session): StoredObject | undefined {
    const { world } = session;
    const { id, region } = state;
    const byId =
      typeof id === "string" ? world.get(type, id, typeof region === "string" ? region : undefined) : undefined;
    return world.byKey(key) ?? byId;
  }

  private session(peer: string): Session {
    return sessionFor(this.settings.get(peer) ?? NO_SETTINGS, this.options.world, this.options.seed);
  }
}

function reply(diagnostics: Diagnostic[]): object {
  return { diagnostics: wireDiagnostics(diagnostics) };
}

function withoutWriteOnly(block: TypeSchema["block"], object: Obj): Obj {
  for (const a of block.attributes) if (a.writeOnly) object[a.name] = null;
  return object;
}
