/**
 * The map of the house, from the outside in. An entry may import the entries it names, `errors` and `events`,
 * and nothing else; every named entry stands further down, so no import cycle can be written.
 * `test/architecture.test.ts` holds the code to this.
 */
export interface Room {
  /** A folder of `gateway/`, or a file of it without its extension. */
  readonly name: string;
  readonly purpose: string;
  readonly mayImport: readonly string[];
}

export const OPEN_TO_ALL = [
  'errors',
  'events',
  'cancellation',
  'deadline',
  'duration',
  'in-flight',
  'background',
  'json',
  'addresses',
  'key',
  'plain-text',
  'undo',
  'kept',
  'under-way',
  'refusals',
  'nearest-name',
  'layers',
  'own-turns',
] as const;

export const ROOMS: readonly Room[] = [
  { name: 'main', purpose: 'the first line executed', mayImport: ['cli', 'peers'] },
  { name: 'index', purpose: 'what the package exports', mayImport: ['gateway', 'embed', 'config', 'peers'] },
  {
    name: 'cli',
    purpose: 'one command a file',
    mayImport: [
      'workers',
      'gateway',
      'serving',
      'config',
      'http',
      'registry',
      'execution',
      'planning',
      'transport',
      'pool',
      'supergraph',
      'expressions',
      'package-root',
    ],
  },
  {
    name: 'workers',
    purpose: 'several processes behind one port: a primary that has the sources, workers that answer',
    mayImport: [
      'gateway',
      'supply',
      'config',
      'http',
      'planning',
      'transport',
      'pool',
      'supergraph',
      'store',
      'observability',
      'peers',
      'package-root',
    ],
  },
  {
    name: 'gateway',
    purpose: 'builds and closes every room, in order; the only file that knows them all',
    mayImport: [
      'supply',
      'serving',
      'config',
      'http',
      'pipeline',
      'persisted-queries',
      'execution',
      'planning',
      'security',
      'transport',
      'registry',
      'pool',
      'supergraph',
      'store',
      'observability',
      'peers',
      'package-root',
    ],
  },
  {
    name: 'embed',
    purpose: "our engine as the gateway of somebody else's Apollo Server",
    mayImport: ['serving', 'config', 'http', 'pipeline', 'transport', 'supergraph', 'peers'],
  },
  {
    name: 'supply',
    purpose: 'where supergraphs come from: the registry or a source, and the checkpoint when they fail',
    mayImport: ['serving', 'config', 'registry', 'supergraph'],
  },
  {
    name: 'serving',
    purpose: 'makes one version of everything that answers queries out of a supergraph and the configuration',
    mayImport: ['config', 'pipeline', 'planning', 'transport', 'pool', 'supergraph'],
  },
  {
    name: 'config',
    purpose: 'YAML to a checked, frozen Config',
    mayImport: [
      'http',
      'planning',
      'security',
      'transport',
      'registry',
      'pool',
      'supergraph',
      'store',
      'observability',
      'package-root',
    ],
  },
  {
    name: 'http',
    purpose: 'bytes in, bytes out; the only room that knows Apollo Server',
    mayImport: [
      'pipeline',
      'persisted-queries',
      'security',
      'registry',
      'pool',
      'observability',
      'supergraph',
      'package-root',
    ],
  },
  {
    name: 'pipeline',
    purpose: 'the order of the rooms: one query on one screen',
    mayImport: ['prepared', 'execution', 'planning', 'security', 'transport', 'supergraph'],
  },
  {
    name: 'persisted-queries',
    purpose: 'queries that clients name by their hash: known here, or in the store',
    mayImport: ['store'],
  },
  {
    name: 'prepared',
    purpose: 'operations that are parsed, valid and planned: the next time they take the direct way',
    mayImport: ['execution', 'planning', 'security', 'transport', 'supergraph'],
  },
  {
    name: 'execution',
    purpose: 'plan to compiled steps to answer; no schema search at run time',
    mayImport: ['planning', 'transport', 'supergraph'],
  },
  {
    name: 'planning',
    purpose: '(operation, supergraph) to plan: worker threads, deadline, cache',
    mayImport: ['supergraph'],
  },
  { name: 'security', purpose: 'may say no; never changes data', mayImport: ['supergraph'] },
  {
    name: 'transport',
    purpose: 'one fetch to one subgraph, GraphQL or REST, behind one type; layers wrap it',
    mayImport: ['pool', 'supergraph', 'package-root'],
  },
  {
    name: 'registry',
    purpose: 'publish, history, rollback: the past and the next supergraph',
    mayImport: ['supergraph'],
  },
  { name: 'pool', purpose: 'instances, their health, whose turn it is', mayImport: [] },
  { name: 'supergraph', purpose: 'one composed schema, indexed and frozen; the one pointer to it', mayImport: [] },
  {
    name: 'store',
    purpose:
      'what processes share: entries with a time and tags, token buckets, messages; in memory, or asked of the primary',
    mayImport: [],
  },
  { name: 'observability', purpose: 'turns events into logs and numbers', mayImport: [] },
  {
    name: 'expressions',
    purpose: 'one language for rules, keys and fields: CEL, checked and compiled once, bounded on each request',
    mayImport: [],
  },
  {
    name: 'peers',
    purpose: 'the packages that the project around us provides: fit, and there once',
    mayImport: ['package-root'],
  },
  { name: 'package-root', purpose: 'where the package is installed', mayImport: [] },
  { name: 'rooms', purpose: 'this map', mayImport: [] },
];
