import type { GraphQLObjectType, GraphQLResolveInfo } from 'graphql';
import type { Flight } from '../../../flight';
import type { FetchRequest } from '../../fetch-request';
import type { EntityConnector } from '../connector';
import type { JsonObject } from '../json';
import { RestError } from '../response/rest-error';
import type { Engine } from './engine';
import { isNullKey, keyText } from './entity-key';
import { createEntityLoader, type EntityLoader, settled } from './entity-loader';
import { selectedFields } from './selected-fields';
import { Session } from './session';

/** What a lookup gave: null when it found nothing. */
type Row = JsonObject | null | Error;

const alone = (row: Row): readonly Row[] => [row];
const failed = (error: unknown): readonly Row[] => {
  if (error instanceof Error) return [error];
  throw error;
};

type Hydrated = JsonObject | null | Promise<JsonObject | null>;

/** What is missing of an object, and who gives it. */
interface Lookup {
  readonly type: GraphQLObjectType;
  readonly connectors: readonly EntityConnector[];
  readonly missing: readonly string[];
  readonly isReference: boolean;
}

/** One operation while it runs: what resolvers get as their context. */
export class Operation {
  readonly session: Session;
  readonly engine: Engine;
  #loaders = new Map<EntityConnector, EntityLoader>();
  /** Of objects of which not all could be loaded: by the name of the field. */
  readonly #failures = new WeakMap<JsonObject, ReadonlyMap<string, RestError>>();
  /** Per selection and type, because every item of a list asks again. */
  readonly #needed = new WeakMap<GraphQLResolveInfo['fieldNodes'], Map<GraphQLObjectType, readonly string[]>>();

  constructor(engine: Engine, request: FetchRequest, flight: Flight) {
    this.engine = engine;
    this.session = new Session(engine, request, flight);
  }

  /** Before each field of a mutation: nothing that was read earlier is reused. */
  forget(): void {
    this.session.forgetAnswers();
    this.#loaders = new Map();
  }

  close(): void {
    this.session.close();
  }

  /**
   * Loads what the selection needs of an object and the object does not have yet. What is known stays when a lookup fails or finds
   * nothing: its fields alone are null, those of a failed one with its error ({@link failureOf}).
   * @param isReference nothing is known of the object but how to find it: there is none where every lookup finds nothing
   * @returns null when the object does not exist, or when all it has is a key that is null
   * @throws {RestError} of a reference, when every lookup fails
   */
  hydrate(object: JsonObject, type: GraphQLObjectType, info: GraphQLResolveInfo, isReference = false): Hydrated {
    if (this.#isNullReference(object, type)) return null;
    const missing = this.#neededFields(type, info).filter((name) => !Object.hasOwn(object, name));
    if (missing.length === 0) return object;
    const connectors = this.#connectorsFor(missing, object, type);
    if (connectors.length === 0) return object;
    return this.#load(object, { type, connectors, missing, isReference });
  }

  /** Why a field of an object is not known; undefined where nothing went wrong. */
  failureOf(object: JsonObject, fieldName: string): RestError | undefined {
    return this.#failures.get(object)?.get(fieldName);
  }

  #load(object: JsonObject, lookup: Lookup): Promise<JsonObject | null> {
    const { type, connectors } = lookup;
    const merge = (rows: readonly Row[]) => this.#merge(object, rows, lookup);
    const [only, ...more] = connectors;
    const rows =
      only !== undefined && more.length === 0
        ? this.#loader(type, only)(object).then(alone, failed)
        : Promise.all(connectors.map((connector) => settled(this.#loader(type, connector)(object))));
    // Many objects may be there at once.
    const { pieces } = this.session;
    return rows.then((loaded) => pieces.begin()?.then(() => merge(loaded)) ?? merge(loaded));
  }

  #merge(
    object: JsonObject,
    rows: readonly Row[],
    { type, connectors, missing, isReference }: Lookup,
  ): JsonObject | null {
    let failures: Map<string, RestError> | null = null;
    let merged = object;
    for (const [at, row] of rows.entries()) {
      if (row instanceof RestError) {
        failures ??= new Map();
        for (const name of missing)
          if (connectors[at]?.provides.has(name) === true && !failures.has(name)) failures.set(name, row);
      } else if (row instanceof Error) throw row;
      else if (row !== null) merged = { ...merged, ...known(row, merged) };
    }
    if (isReference && merged === object) {
      for (const row of rows) if (row instanceof RestError) throw row;
      return null;
    }
    if (isReference && merged.__typename !== type.name) merged = { ...merged, __typename: type.name };
    return failures === null ? merged : this.#withFailures(object, merged, failures);
  }

  #withFailures(object: JsonObject, merged: JsonObject, failures: Map<string, RestError>): JsonObject {
    // What another lookup gave is known.
    for (const name of [...failures.keys()]) if (Object.hasOwn(merged, name)) failures.delete(name);
    if (failures.size === 0) return merged;
    // Several places may have the very same object.
    const own = merged === object ? { ...object } : merged;
    this.#failures.set(own, failures);
    return own;
  }

  /** The fewest connectors, in the order of the SDL, that give the missing fields and whose keys the object has. */
  #connectorsFor(missing: readonly string[], object: JsonObject, type: GraphQLObjectType): readonly EntityConnector[] {
    const usable = (this.engine.connectors.entities.get(type.name) ?? []).filter(
      ({ keys }) => keyText(object, keys) !== null,
    );
    const chosen = new Set<EntityConnector>();
    for (const name of missing) {
      const already = [...chosen].some(({ provides }) => provides.has(name));
      const next = already ? undefined : usable.find(({ provides }) => provides.has(name));
      if (next !== undefined) chosen.add(next);
    }
    return [...chosen];
  }

  #loader(type: GraphQLObjectType, connector: EntityConnector): EntityLoader {
    let loader = this.#loaders.get(connector);
    if (loader === undefined) {
      loader = createEntityLoader(type.name, connector, this.session);
      this.#loaders.set(connector, loader);
    }
    return loader;
  }

  /** Selected fields without a connector of their own, and what the connectors of the others read from `$this`. */
  #neededFields(type: GraphQLObjectType, info: GraphQLResolveInfo): readonly string[] {
    const byType = this.#needed.get(info.fieldNodes) ?? new Map<GraphQLObjectType, readonly string[]>();
    this.#needed.set(info.fieldNodes, byType);
    let needed = byType.get(type);
    if (needed === undefined) {
      const { fields, others } = this.engine.connectors;
      const names = [...selectedFields(info, type)].flatMap((name) => {
        const coordinate = `${type.name}.${name}`;
        const first = fields.get(coordinate)?.thisFields ?? [name];
        return [...first, ...(others.get(coordinate) ?? []).flatMap(({ thisFields }) => thisFields)];
      });
      needed = [...new Set(names)];
      byType.set(type, needed);
    }
    return needed;
  }

  #isNullReference(object: JsonObject, type: GraphQLObjectType): boolean {
    const keys = this.engine.connectors.keys.get(type.name) ?? [];
    return keys.some((paths) => isNullKey(object, paths));
  }
}

/** What a row says, but for nulls in the place of what is known. */
function known(row: JsonObject, before: JsonObject): JsonObject {
  const lost: string[] = [];
  for (const name in row) if (row[name] === null && (before[name] ?? null) !== null) lost.push(name);
  if (lost.length === 0) return row;
  return Object.fromEntries(Object.entries(row).filter(([name]) => !lost.includes(name)));
}
