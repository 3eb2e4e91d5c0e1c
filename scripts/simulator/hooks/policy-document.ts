/** Builds the JSON of an IAM policy document the way the provider does. */
import type { Obj, Value } from "../contract";
import { isObj } from "../wire/value";
import { objects, parsedJson, strings, text } from "./service";

const LISTS = [
  ["actions", "Action"],
  ["not_actions", "NotAction"],
  ["resources", "Resource"],
  ["not_resources", "NotResource"],
] as const;
const PRINCIPALS = [
  ["principals", "Principal"],
  ["not_principals", "NotPrincipal"],
] as const;

/** The answer of the data source: the document, indented and not. */
export function policyDocument(config: Obj): Obj {
  const own = objects(config.statement).map(statement);
  const merged = [...statementsOf(config.source_policy_documents), ...own];
  const Statement = replaceBySid(merged, statementsOf(config.override_policy_documents));
  const id = text(config.policy_id);
  const document = { Version: text(config.version) ?? "2012-10-17", ...(id ? { Id: id } : {}), Statement };
  const json = JSON.stringify(document, null, 2);
  return { id: String(json.length), json, minified_json: JSON.stringify(document) };
}

function statementsOf(documents: Value): Obj[] {
  return strings(documents)
    .map(parsedJson)
    .filter(isObj)
    .flatMap((document) => [document.Statement].flat().filter(isObj));
}

/** A later statement takes the place of one with the same Sid. */
function replaceBySid(statements: Obj[], overrides: Obj[]): Obj[] {
  const sids = overrides.map((one) => one.Sid).filter((sid) => typeof sid === "string" && sid !== "");
  return [...statements.filter((one) => !sids.includes(one.Sid)), ...overrides];
}

function statement(config: Obj): Obj {
  const built: Obj = {};
  const sid = text(config.sid);
  if (sid !== undefined) built.Sid = sid;
  built.Effect = text(config.effect) ?? "Allow";
  for (const [name, key] of LISTS) if (strings(config[name]).length > 0) built[key] = oneOrMany(config[name]);
  for (const [name, key] of PRINCIPALS) {
    const given = objects(config[name]);
    if (given.length > 0) built[key] = principals(given);
  }
  const conditions = objects(config.condition);
  if (conditions.length > 0) built.Condition = conditionMap(conditions);
  return built;
}

function principals(given: Obj[]): Value {
  if (given.some(({ type }) => type === "*")) return "*";
  return Object.fromEntries(given.map(({ type, identifiers }) => [String(type), oneOrMany(identifiers)]));
}

function conditionMap(conditions: Obj[]): Obj {
  const map: Record<string, Obj> = {};
  for (const { test, variable, values } of conditions) {
    map[String(test)] = { ...map[String(test)], [String(variable)]: oneOrMany(values) };
  }
  return map;
}

/** IAM variables are written `&{...}` in Terraform; several values come in reverse order. */
function oneOrMany(values: Value): Value {
  const list = strings(values).map((value) => value.replaceAll("&{", "${"));
  return list.length === 1 ? list[0] : list.toSorted().toReversed();
}
