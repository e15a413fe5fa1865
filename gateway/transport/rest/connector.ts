import type { GraphQLSchema } from 'graphql';
import type { JsonObject } from './json';
import type { Mapping } from './mapping/mapping';
import type { ConnectProblem } from './model/problems';
import type { ConnectHeader } from './request/build-headers';
import type { UrlStage } from './request/build-path';

/** The connect directives of one subgraph, checked and compiled: all that the executor needs. */
export interface Connectors {
  readonly subgraph: string;
  readonly schema: GraphQLSchema;
  readonly sources: ReadonlyMap<string, Source>;
  /** What works, and seldom as it was meant. */
  readonly warnings: readonly ConnectProblem[];
  /** Every environment variable that a request reads. */
  readonly env: readonly EnvUse[];
  /** By `Type.field`. */
  readonly fields: ReadonlyMap<string, Connector>;
  /** By `Type.field`: further connectors, which are asked in order where those before have nothing. */
  readonly others: ReadonlyMap<string, readonly Connector[]>;
  /** By object type: what can load an object of it from its key. */
  readonly entities: ReadonlyMap<string, readonly EntityConnector[]>;
  /** By object type: each of its keys as paths, `[['id'], ['store', 'id']]`. A reference whose key is null is null. */
  readonly keys: ReadonlyMap<string, readonly KeyPaths[]>;
}

/** `$env.NAME` in what is sent to a source. Line and column count from 1; null where they are not known. */
export interface EnvUse {
  readonly source: string;
  readonly name: string;
  /** `Query.user`, or `schema` for a `@source`. */
  readonly coordinate: string;
  readonly line: number | null;
  readonly column: number | null;
}

/** Fields, through objects, that tell objects of a type apart. */
export type KeyPaths = readonly (readonly string[])[];

/** Target of requests: a `@source`, or the origin of a connector that names none. Pools are keyed by `name`. */
export interface Source {
  readonly name: string;
  /** `https://host:port`. */
  readonly origin: string;
  /** Path of the base URL, without a slash at the end. */
  readonly basePath: string;
}

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One `@connect`. */
export interface Connector {
  /** `inventory:Query.user@connect[0]`, as clients see it in errors. */
  readonly coordinate: string;
  /** Empty for a virtual connector that names none. */
  readonly source: string;
  /** Whether it stands at a field of the mutation type. */
  readonly isMutation: boolean;
  /** Sends no request: its value comes from the selection alone. */
  readonly virtual: boolean;
  readonly method: HttpMethod;
  /** The source's part of the URL, then the connector's own. */
  readonly url: readonly UrlStage[];
  readonly sourceHeaders: readonly ConnectHeader[];
  readonly headers: readonly ConnectHeader[];
  readonly body: Mapping | null;
  readonly selection: Mapping;
  /** Null: 200 to 299 succeed. */
  readonly isSuccess: Mapping | null;
  readonly errorMessage: Mapping | null;
  /** Applied in this order onto the standard extensions. */
  readonly errorExtensions: readonly Mapping[];
  /** Fields of `$this` that the request or the mapping needs. */
  readonly thisFields: readonly string[];
  /** Names of the object types whose objects an answer may hold. */
  readonly reaches: ReadonlySet<string>;
}

/** A connector that loads objects of a type from their keys. */
export interface EntityConnector {
  readonly connector: Connector;
  /** `batch`: many in one request; `one`: a request each, the object as `$this` and its key as `$args`. */
  readonly kind: 'batch' | 'one';
  /** Paths of the fields that tell objects apart: `['id']`, `['store', 'id']`. */
  readonly keys: KeyPaths;
  /** Defaults of the field's other arguments, for connectors of fields. */
  readonly defaults: JsonObject;
  /** Objects in one request at most. */
  readonly maxSize: number;
  readonly provides: ReadonlySet<string>;
}
