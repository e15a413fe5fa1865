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
  /** How it failed, `refused (ECONNREFUSED)`, `status-5xx (502)`; null or absent when it succeeded, or there is no more to say. */
  readonly error?: string | null;
  /** True: the same was being asked for others, who count it. */
  readonly isShared?: boolean;
}

/** A key of the configuration that changed, in the form of the file; absent where it has no value. */
export interface SettingChange {
  /** Dotted. */
  readonly key: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** As of `request.finished`: of the request that it happened for, the first of several that share the work; absent or empty where there is none. */
type ClientRequestId = string | undefined;

/** Events by the name of their channel. Rooms announce; only observability and the console listen. */
export interface Events {
  'request.finished': {
    /** The name of the request, as the answer has it; empty where requests have none. */
    readonly id: string;
    readonly operationName: string | null;
    readonly operationKind: 'query' | 'mutation' | 'subscription' | null;
    readonly status: number;
    readonly durationMs: number;
    readonly errorCount: number;
    /** Code of the first error; null or absent when there is none, or it has none. */
    readonly code?: string | null;
    readonly calls: readonly SubgraphCall[];
  };
  /** A call to a subgraph has ended: told once, however many clients wait for it. */
  'subgraph.called': {
    /** Of the first of the requests that wait for it. */
    readonly id: string;
    readonly call: SubgraphCall;
  };
  /** A fetch has errors of which clients learn no more than that they are there: what they are. */
  'subgraph.errors.withheld': {
    /** As of `subgraph.called`. */
    readonly id: string;
    /** `extensions.errorId` of each of these errors in the answer. */
    readonly errorId: string;
    readonly subgraph: string;
    readonly count: number;
    /** The first of them. */
    readonly errors: readonly {
      readonly message: string;
      readonly code: string;
      /** In the answer of the subgraph; empty for a fetch that failed. */
      readonly path: readonly (string | number)[];
    }[];
  };
  /** A server was asked for a token to show to a subgraph or service. */
  'token.asked': {
    /** Of the server. */
    readonly pool: string;
    readonly outcome: 'given' | 'failed';
    /** Why it gave none. */
    readonly message?: string;
    /** The last failure was another one, or there was none. */
    readonly isNew?: boolean;
  };
  /** A request of a client that got an error and no answer of GraphQL: nothing is served there, or it could not even be read. */
  'request.refused': {
    readonly id: string;
    /** Null when it could not be read. */
    readonly method: string | null;
    /** Without the query. */
    readonly path: string | null;
    readonly status: number;
    readonly code: string;
  };
  /** More operations were asked for than could be recorded since the last report. */
  'usage.dropped': { readonly requests: number };
  /** A client is not who it says it is, or does not say who it is where it has to. */
  'authentication.failed': {
    /** As of `request.finished`. */
    readonly id: string;
    /** Kind of the credential; `none` where there was none. */
    readonly type: string;
    /** One of few words in capitals, `EXPIRED_SIGNATURE`. */
    readonly reason: string;
  };
  /** An operation asks for something that whoever asks may not have. Told once for those who share the work. */
  'operation.unauthorized': {
    /** As of `request.finished`. */
    readonly id: string;
    readonly operationName: string | null;
    /** `dry_run`: it was given all the same. */
    readonly mode: 'filter' | 'reject' | 'dry_run';
    /** Response keys from the root to the first of them; empty for the root itself. */
    readonly paths: readonly string[];
    readonly count: number;
  };
  /** An expression of `authorization.policies` could not be evaluated: the policy does not hold. */
  'policy.failed': { readonly id: string; readonly policy: string; readonly reason: string };
  /** The supergraph in service names policies that nobody decides: they never hold. */
  'policies.missing': { readonly policies: readonly string[] };
  /** Values of what has these tags are to be kept out of the log, and nothing of the supergraph in service has them. */
  'redaction.tags.missing': { readonly tags: readonly string[] };
  /** The keys of an identity provider were read. */
  'keys.read': {
    /** Where: a URL without its query, or a file. */
    readonly source: string;
    readonly keys: number;
    /** Which keys of the set are left out, and why. */
    readonly leftOut: readonly string[];
    /** Other keys than before, or the first. */
    readonly isNew: boolean;
  };
  /** They could not be read; those that were read last count, if there are any. */
  'keys.failed': {
    readonly source: string;
    readonly message: string;
    /** Since they were read last; null: they never were. */
    readonly ageMs: number | null;
    /** How many count. */
    readonly keys: number;
    /** The last failure was another one, or there was none. */
    readonly isNew: boolean;
  };
  /** A server could not be asked about a token, or said nothing of it. */
  'introspection.failed': {
    readonly message: string;
    /** The last failure was another one, or there was none. */
    readonly isNew: boolean;
  };
  /** As many requests are being answered as may be: others were refused, `count` since this was announced last. */
  'requests.refused': { readonly count: number; readonly max: number };
  /** As many connections are open as may be, and none of them is idle: others were closed, `count` since this was announced last. */
  'connections.refused': { readonly listener: string; readonly count: number; readonly max: number };
  /** Connections of trusted proxies were closed, for they brought no PROXY header: `count` since this was announced last, the last one for this reason. */
  'proxy.refused': { readonly listener: string; readonly count: number; readonly reason: string };
  /** Clients did not get as far as a request over TLS: `count` since this was announced last, the last one for this reason. */
  'tls.refused': { readonly listener: string; readonly count: number; readonly reason: string };
  /** Clients were cut off for what they did by HTTP/2: `count` since this was announced last, the last one for this reason. */
  'http2.refused': { readonly listener: string; readonly count: number; readonly reason: string };
  /** A request is over a limit: refused, or let through when the limit is only measured. */
  'limit.exceeded': {
    /** As of `request.finished`. */
    readonly id: string;
    readonly limit: string;
    readonly max: number;
    readonly mode: 'enforce' | 'measure';
  };
  /** A policy of rate_limit was asked for a request. What another one refused as well was given back. */
  'rate_limit.judged': {
    /** As of `request.finished`. */
    readonly id: string;
    readonly policy: string;
    readonly result: 'allowed' | 'refused';
    /** `local`: in this process alone; `none`: the store did not answer, and the configuration says what that means. */
    readonly countedBy: 'store' | 'local' | 'none';
  };
  /** An operation was estimated, and executed unless it was refused. */
  'cost.known': {
    /** As of `request.finished`. */
    readonly id: string;
    readonly estimated: number;
    /** By the answers of subgraphs; null: it was refused. */
    readonly actual: number | null;
    /** `COST_OK`, or the code of what is wrong; of mode `measure`, of what would be. */
    readonly result: string;
    readonly mode: 'measure' | 'enforce';
  };
  /** Somebody asked for a plan; known are those kept and those under way. */
  'plan.looked.up': { readonly isKnown: boolean };
  /** A planner thread planned an operation, or failed to. `outcome` is `planned` or a code of errors.ts. */
  'planning.finished': { readonly outcome: string; readonly waitedMs: number; readonly durationMs: number };
  /** An operation that was not even let into the queue of the planner. */
  'planning.refused': { readonly code: string };
  /** A planner thread was ended at the deadline, or to make room for quick operations; or it died. */
  'planner.thread.lost': { readonly cause: 'deadline' | 'room' | 'died' };
  'supergraph.activated': { readonly version: string; readonly source: string; readonly subgraphs: readonly string[] };
  'supergraph.refused': { readonly source: string; readonly code: string; readonly message: string };
  'supergraph.checkpoint.used': { readonly path: string; readonly version: string };
  'composition.hint': { readonly code: string; readonly message: string };
  'config.reloaded': {
    readonly path: string;
    /** What differs from the one before, secrets masked. Absent where nobody can tell. */
    readonly changes?: readonly SettingChange[];
  };
  /** Something an operator should know about the configuration in use. */
  'config.notice': { readonly message: string };
  'config.refused': { readonly path: string; readonly message: string };
  'instance.changed': {
    readonly pool: string;
    readonly instance: string;
    readonly from: string;
    readonly to: string;
    readonly reason: string;
    /** The reason as one of few words, for counting: connect, failures, rate, check, outlier, probation, operator. */
    readonly cause?: string;
  };
  'attempt.finished': {
    readonly id?: ClientRequestId;
    readonly pool: string;
    readonly instance: string;
    readonly outcome: string;
    readonly attempt: number;
    /** `first` when absent and `attempt` is 1, `retry` when absent and it is more. */
    readonly kind?: 'first' | 'retry' | 'hedge';
    readonly durationMs: number;
    /** Why it failed, as one of few words; null when it did not. */
    readonly reason?: string | null;
    /** Code of the system or the library, or the HTTP status. */
    readonly code?: string | null;
  };
  /** A call or a check that this process itself could not make: no instance is to blame. */
  'gateway.fault': {
    readonly id?: ClientRequestId;
    readonly pool: string;
    readonly instance: string;
    readonly during: 'call' | 'check';
    /** EMFILE and the like. */
    readonly code: string;
    readonly message: string;
  };
  /** A further attempt that would have been safe, and that the budget or the cap of the plan does not pay for. */
  'attempt.denied': { readonly id?: ClientRequestId; readonly pool: string; readonly kind: 'retry' | 'hedge' };
  /** A request that found the limit and the queue full, or waited in the queue in vain. */
  'request.shed': {
    readonly id?: ClientRequestId;
    readonly pool: string;
    readonly reason: 'queue-full' | 'queue-timeout';
  };
  /** Too few instances of a pool are well, or enough of them again. */
  'panic.changed': {
    readonly pool: string;
    readonly panic: boolean;
    /** Share in [0, 1] of the requests that the well ones can take. */
    readonly available: number;
  };
  /** An instance that was to go is gone: what it had is finished, or was cut off. */
  'instance.drained': {
    readonly pool: string;
    readonly instance: string;
    readonly durationMs: number;
    /** Requests that did not finish in time. */
    readonly cutOff: number;
  };
  /** Of the instances with these tags none is well, and rules that want them fall back to all; or one is well again. */
  'fallback.changed': { readonly pool: string; readonly tags: string; readonly fallsBack: boolean };
  /** A choice among all instances, because none is well of those that a rule wants. */
  'pick.fell.back': { readonly pool: string };
  /**
   * A copy of a request has ended, or was not sent: `dropped` for want of room, `nobody` of those that a rule wants is well. `answered` is
   * any status below 500.
   */
  'mirror.finished': {
    readonly pool: string;
    /** Null when it was not sent. */
    readonly instance: string | null;
    readonly outcome: 'answered' | 'failed' | 'timeout' | 'dropped' | 'nobody';
    readonly durationMs: number;
  };
  /** A choice among every reachable instance, because too few are well. */
  'pick.panicked': { readonly pool: string };
  'check.finished': {
    readonly pool: string;
    readonly instance: string;
    readonly passed: boolean;
    readonly durationMs: number;
    readonly detail?: string;
    /** Why it failed, as one of few words; null when it passed. */
    readonly reason?: string | null;
  };
  /** An operator's override took effect. */
  'instance.overridden': {
    readonly pool: string;
    readonly instance: string;
    readonly action: string;
    /** Of action `weight` only. */
    readonly weight: number | null;
    readonly actor: string;
    readonly reason: string;
    /** Null: until it is resumed. */
    readonly ttlMs: number | null;
  };
  /** An operator drained the last instance that may be asked. */
  'pool.deserted': { readonly pool: string; readonly message: string };
  /** The slow loop moved the factor on an instance's weight. */
  'weight.changed': {
    readonly pool: string;
    readonly instance: string;
    readonly from: number;
    readonly to: number;
    readonly reason: string;
  };
  'discovery.answered': { readonly pool: string; readonly source: string; readonly endpoints: number };
  'discovery.failed': { readonly pool: string; readonly source: string; readonly message: string };
  'discovery.changed': {
    readonly pool: string;
    readonly source: string;
    /** URLs. */
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly endpoints: number;
  };
  /** A source says that nobody is there, and is not believed yet. */
  'discovery.doubted': { readonly pool: string; readonly source: string; readonly kept: number };
  /** An instance registered itself, left, or fell silent; renewals are not announced. */
  'lease.changed': {
    readonly pool: string;
    readonly id: string;
    readonly url: string;
    readonly kind: 'joined' | 'moved' | 'left' | 'expired' | 'kept';
    readonly actor: string;
  };
  /** One use of a store that another process answers; `unanswered` went on without it. */
  'store.used': {
    readonly operation: 'get' | 'set' | 'take' | 'drop' | 'publish';
    readonly outcome: 'answered' | 'unanswered';
  };
  /** The store did not answer in time, or has not answered yet: `count` uses went on without it since this was announced last. */
  'store.unanswered': { readonly count: number; readonly timeoutMs: number };
  /**
   * A client named a query by its hash: known in this process, found in the store, or unknown, and then the client sends the
   * text; or it sent the text to be kept.
   */
  'persisted.query': { readonly result: 'known' | 'shared' | 'unknown' | 'kept' };
  /**
   * A request named a document of a manifest (or had its text), named one that is unknown, had a text of no manifest, or was refused.
   */
  'persisted.document': { readonly result: 'found' | 'unknown' | 'unlisted' | 'refused' };
  /** An operation that no manifest has, with the beginning of its text; `untold` more were not told of since the last one. */
  'persisted.unknown': {
    readonly id: string;
    /** SHA-256 of the whole text, in hex. */
    readonly hash: string;
    readonly operationName: string | null;
    readonly clientName: string | null;
    readonly text: string;
    readonly isRefused: boolean;
    readonly untold: number;
  };
  /** Documents of manifests were planned before a version was served. `invalid` are not valid with it, `late` had no time. */
  'persisted.planned': {
    readonly documents: number;
    readonly planned: number;
    readonly invalid: number;
    readonly late: number;
  };
  /** Tokens at the admin listener that are nobody's, `count` from this address since this was announced last. */
  'admin.refused': { readonly address: string; readonly count: number };
  /** Somebody was not let in, 401, or may not do what they asked for, 403. Told only where an audit log wants it. */
  'access.denied': {
    readonly listener: 'server' | 'admin';
    /** As of `request.finished`. */
    readonly id: string;
    readonly method: string;
    /** Without the query, and not longer than a line can hold. */
    readonly path: string;
    readonly address: string | null;
    /** As far as the credentials were right; null where they were not, or there were none. */
    readonly actor: string | null;
    readonly status: number;
  };
  /** An entry is on disk. */
  'audit.written': { readonly outcome: string };
  /** The audit log cannot be written: changes of operators are refused until it can, unless they are allowed. */
  'audit.failed': { readonly path: string; readonly code: string };
  /** It can be written again; `lost` entries were too many to be kept meanwhile. */
  'audit.recovered': { readonly path: string; readonly lost: number };
  /** When it was opened: a crash had cut a line off, which nobody was told of as written. */
  'audit.torn': { readonly path: string; readonly bytes: number };
  /** When it was opened: somebody else changed it. */
  'audit.damaged': { readonly path: string; readonly message: string };
  'registry.revision': {
    readonly graph: string;
    readonly revision: number;
    readonly kind: string;
    readonly actor: string;
  };
  /** Revisions of a graph that are out of retention went, and blobs that no revision names any more. */
  'registry.pruned': {
    readonly graph: string;
    /** Revisions with a lower number are gone. */
    readonly before: number;
    readonly revisions: number;
    readonly blobs: number;
  };
  /** What is out of retention could not be removed; nothing that is kept is touched. */
  'registry.prune.failed': { readonly graph: string; readonly code: string; readonly message: string };
  'server.listening': { readonly listener: 'server' | 'admin'; readonly url: string };
  /** A worker process takes connections, left when it was told to, or is gone without that. */
  'worker.changed': {
    readonly worker: number;
    readonly pid: number;
    readonly state: 'online' | 'left' | 'gone';
    readonly reason: string;
  };
  'server.draining': { readonly signal: string };
  /** A defect: something that must not happen, kept from the client, shown to the operator. */
  'internal.error': {
    /** Of the request that met it; absent where there is none. */
    readonly id?: string | undefined;
    readonly where: string;
    readonly error: unknown;
  };
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
