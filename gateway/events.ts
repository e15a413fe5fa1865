import { channel } from 'node:diagnostics_channel';

/** One call to one subgraph, as the log, the metrics and the query-plan extension show it. Times in milliseconds. */
export interface SubgraphCall {
  readonly subgraph: string;
  /** `host:port` of the instance that answered last; null when none was reached. */
  readonly instance: string | null;
  readonly attempts: number;
  /** Milliseconds from the start of the client request. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** HTTP status of the last attempt; null when there was none. */
  readonly status: number | null;
  /** A code of errors.ts; null when the call succeeded. */
  readonly errorCode: string | null;
}

/** What each channel carries. Rooms announce; only observability and the console listen. */
export interface Events {
  'request.finished': {
    readonly operationName: string | null;
    readonly operationKind: 'query' | 'mutation' | 'subscription' | null;
    readonly status: number;
    readonly durationMs: number;
    readonly errorCount: number;
    readonly calls: readonly SubgraphCall[];
  };
  'supergraph.activated': { readonly version: string; readonly source: string; readonly subgraphs: readonly string[] };
  'supergraph.refused': { readonly source: string; readonly code: string; readonly message: string };
  'supergraph.checkpoint.used': { readonly path: string; readonly version: string };
  'composition.hint': { readonly code: string; readonly message: string };
  'config.reloaded': { readonly path: string };
  /** Something an operator should know about the configuration in use. */
  'config.notice': { readonly message: string };
  'config.refused': { readonly path: string; readonly message: string };
  'instance.changed': {
    readonly pool: string;
    readonly instance: string;
    readonly from: string;
    readonly to: string;
    readonly reason: string;
  };
  'attempt.finished': {
    readonly pool: string;
    readonly instance: string;
    readonly outcome: string;
    readonly attempt: number;
    readonly durationMs: number;
  };
  'registry.revision': {
    readonly graph: string;
    readonly revision: number;
    readonly kind: string;
    readonly actor: string;
  };
  'server.listening': { readonly listener: 'server' | 'admin'; readonly url: string };
  'server.draining': { readonly signal: string };
  /** A defect: something that must not happen, kept from the client, shown to the operator. */
  'internal.error': { readonly where: string; readonly error: unknown };
}

const open = new Map<string, ReturnType<typeof channel>>();

function channelOf(name: string) {
  let found = open.get(name);
  if (found === undefined) {
    found = channel(`headgate.${name}`);
    open.set(name, found);
  }
  return found;
}

/** True when somebody listens: guard the building of an expensive event with it. */
export function listened(name: keyof Events): boolean {
  return channelOf(name).hasSubscribers;
}

export function announce<Name extends keyof Events>(name: Name, event: Events[Name]): void {
  const target = channelOf(name);
  if (target.hasSubscribers) target.publish(event);
}

/** Listens until the returned function is called. */
export function subscribe<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void {
  const onMessage = (message: unknown) => listener(message as Events[Name]);
  const target = channelOf(name);
  target.subscribe(onMessage);
  return () => target.unsubscribe(onMessage);
}
