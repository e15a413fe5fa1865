import type { GraphQLObjectType, GraphQLResolveInfo } from 'graphql';
import type { Flight } from '../../../flight';
import type { FetchRequest } from '../../fetch-request';
import type { EntityConnector } from '../connector';
import type { JsonObject } from '../json';
import type { Engine } from './engine';
import { isNullKey, keyText } from './entity-key';
import { createEntityLoader, type EntityLoader } from './entity-loader';
import { selectedFields } from './selected-fields';
import { Session } from './session';

/** One operation while it runs: what resolvers get as their context. */
export class Operation {
  readonly session: Session;
  readonly engine: Engine;
  #loaders = new Map<EntityConnector, EntityLoader>();
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
   * Loads what the selection needs of an object and the object does not have yet.
   * @returns null when the object does not exist, or when all it has is a key that is null
   * @throws {RestError}
   */
  hydrate(
    object: JsonObject,
    type: GraphQLObjectType,
    info: GraphQLResolveInfo,
  ): JsonObject | null | Promise<JsonObject | null> {
    if (this.#isNullReference(object, type)) return null;
    const missing = this.#neededFields(type, info).filter((name) => !Object.hasOwn(object, name));
    if (missing.length === 0) return object;
    const connectors = this.#connectorsFor(missing, object, type);
    return connectors.length === 0 ? object : this.#load(object, type, connectors);
  }

  async #load(object: JsonObject, type: GraphQLObjectType, connectors: readonly EntityConnector[]) {
    const rows = await Promise.all(connectors.map((connector) => this.#loader(type, connector)(object)));
    let merged = object;
    for (const row of rows) {
      if (row === null) return null;
      merged = { ...merged, ...row };
    }
    return merged;
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
      const { fields } = this.engine.connectors;
      const names = [...selectedFields(info, type)].flatMap(
        (name) => fields.get(`${type.name}.${name}`)?.thisFields ?? [name],
      );
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
