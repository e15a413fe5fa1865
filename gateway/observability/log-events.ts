import type { Logger } from 'pino';
import { type Events, type SubgraphCall, subscribe } from '../events';
import { operationText, tenths } from './request-lines';

/** Writers of events, by the name of the event. What is not in the line is not in the log: no header, no variable, no SDL. */
export type Writers = { readonly [Name in keyof Events]?: (log: Logger, event: Events[Name]) => void };

/** `products@127.0.0.1:4001 3.1ms`, for people. */
function callText({ subgraph, instance, attempts, durationMs, errorCode, error }: SubgraphCall): string {
  const place = instance === null ? subgraph : `${subgraph}@${instance}`;
  const tries = attempts > 1 ? ` (${attempts} attempts)` : '';
  return `${place} ${tenths(durationMs)}ms${tries}${errorCode === null ? '' : ` ${errorCode}`}${error ? `: ${error}` : ''}`;
}

/** The field that joins a line to the answer of a client. */
function named(id: string | undefined): { readonly id?: string } {
  return id ? { id } : {};
}

export function levelOf({ status }: Pick<Events['request.finished'], 'status'>): 'error' | 'info' {
  return status >= 500 ? 'error' : 'info';
}

/** For people: whoever reads JSON gets the lines of {@link RequestLines}. */
function requestLine(log: Logger, event: Events['request.finished']): void {
  const { id, status, durationMs, code, calls } = event;
  const made = calls.length > 0 ? `: ${calls.map(callText).join(', ')}` : '';
  log[levelOf(event)](
    { event: 'request', ...named(id) },
    `${operationText(event)} ${status} ${tenths(durationMs)}ms${code ? ` ${code}` : ''}${made}`,
  );
}

function refusedLine(log: Logger, event: Events['request.refused']): void {
  const { id, method, path, status, code } = event;
  const what = method === null ? 'request that is none' : `${method} ${path}`;
  log[levelOf(event)](
    { event: 'request.refused', ...named(id), method, path, status, code },
    `${what} ${status} ${code}`,
  );
}

function overrideLine(log: Logger, event: Events['instance.overridden']): void {
  const { pool, instance, action, weight, actor, reason, ttlMs } = event;
  const what = weight === null ? action : `${action} ${weight}`;
  const until = ttlMs === null ? '' : ` for ${Math.round(ttlMs / 1_000)} s`;
  log.info(
    { event: 'instance.overridden', pool, instance, action, weight, actor, reason, ttl_ms: ttlMs },
    `${pool} ${instance}: ${what}${until} by ${actor}, ${reason}`,
  );
}

/** A process without descriptors fails a thousand times a second: one line for each code in so long. */
const FAULT_LINE_MS = 5_000;
const FAULT_CODES_MAX = 50;

function faultWriter(): NonNullable<Writers['gateway.fault']> {
  const saidAt = new Map<string, { atMs: number; count: number }>();
  return (log, { id, pool, instance, during, code, message }) => {
    const said = saidAt.get(code) ?? { atMs: Number.NEGATIVE_INFINITY, count: 0 };
    if (saidAt.size < FAULT_CODES_MAX) saidAt.set(code, said);
    said.count += 1;
    if (performance.now() - said.atMs < FAULT_LINE_MS) return;
    const { count } = said;
    said.atMs = performance.now();
    said.count = 0;
    const more = count > 1 ? `, ${count} times since this was said last` : '';
    log.error(
      { event: 'gateway.fault', ...named(id), pool, instance, during, code, count },
      `the gateway itself could not make a ${during} to ${pool}${more}; no instance is to blame: ${message}`,
    );
  };
}

function withheldLine(log: Logger, event: Events['subgraph.errors.withheld']): void {
  const { id, errorId, subgraph, count, errors } = event;
  const [first] = errors;
  const more = count > 1 ? ` and ${count - 1} more` : '';
  log.info(
    { event: 'subgraph.errors.withheld', ...named(id), error_id: errorId, subgraph, count, errors },
    `${subgraph}: error ${errorId} withheld from clients: ${first?.code} ${first?.message}${more}`,
  );
}

const UNWELL: ReadonlySet<string> = new Set(['degraded', 'ejected']);

const WRITERS: Writers = {
  'request.finished': requestLine,
  'request.refused': refusedLine,
  'subgraph.errors.withheld': withheldLine,
  'limit.exceeded': (log, { id, limit, max, mode }) =>
    log[mode === 'measure' ? 'info' : 'debug'](
      { event: 'limit.exceeded', ...named(id), limit, max, mode },
      `a request exceeds limits.${limit} of ${max}${mode === 'measure' ? ', which is only measured' : ', refused'}`,
    ),
  'cost.known': (log, { id, estimated, actual, result, mode }) => {
    if (result === 'COST_OK') return;
    log[mode === 'measure' ? 'info' : 'debug'](
      { event: 'cost.exceeded', ...named(id), estimated, actual, result, mode },
      `an operation of estimated cost ${estimated}: ${result}${mode === 'measure' ? ', which is only measured' : ''}`,
    );
  },
  'rate_limit.judged': (log, { id, policy, result, countedBy }) => {
    if (result === 'refused')
      log.debug(
        { event: 'rate_limit.refused', ...named(id), policy, counted_by: countedBy },
        `a request is refused by the rate limit ${policy}`,
      );
  },
  'authentication.failed': (log, { id, type, reason }) =>
    log.info(
      { event: 'authentication.failed', ...(id !== '' && { id }), type, reason },
      `a client is not authenticated: ${reason}${type === 'none' ? '' : ` (${type})`}`,
    ),
  'persisted.unknown': (log, { id, hash, operationName, clientName, text, isRefused, untold }) =>
    log.info(
      {
        event: 'persisted.unknown',
        ...named(id),
        operation: operationName,
        client: clientName,
        hash,
        document: text,
        untold,
      },
      `an operation that no manifest has, ${isRefused ? 'refused' : 'answered'}: ${operationName ?? hash}`,
    ),
  'persisted.planned': (log, { documents, planned, invalid, late }) =>
    log[invalid + late === 0 ? 'info' : 'warn'](
      { event: 'persisted.planned', documents, planned, invalid, late },
      `${planned} of ${documents} persisted documents are planned ahead${invalid === 0 ? '' : `; ${invalid} are not valid with this supergraph or beyond the limits`}${late === 0 ? '' : `; ${late} are planned when they are asked for`}`,
    ),
  'operation.unauthorized': (log, { id, operationName, mode, paths, count }) =>
    log.info(
      { event: 'operation.unauthorized', ...named(id), operation: operationName, mode, paths, count },
      `${count} ${count === 1 ? 'field' : 'fields'} ${mode === 'dry_run' ? 'would be' : 'were'} refused for want of authorization`,
    ),
  'policy.failed': (log, { id, policy, reason }) =>
    log.warn(
      { event: 'policy.failed', ...named(id), policy, reason },
      `the expression of authorization.policies.${policy} failed, so the policy does not hold: ${reason}`,
    ),
  'usage.dropped': (log, { requests }) =>
    log.warn(
      { event: 'usage.dropped', requests },
      `${requests} requests of new operations were not recorded: there are too many of them`,
    ),
  'policies.missing': (log, { policies }) =>
    log.warn(
      { event: 'policies.missing', policies },
      `the supergraph names policies that authorization.policies does not have: what requires them is refused to everybody: ${policies.join(', ')}`,
    ),
  'redaction.tags.missing': (log, { tags }) =>
    log.warn(
      { event: 'redaction.tags.missing', tags },
      `nothing of the supergraph has a tag that telemetry.logs.redact names, so nothing is taken out of the log for it: ${tags.join(', ')}`,
    ),
  'keys.read': (log, { source, keys, leftOut, isNew }) =>
    isNew &&
    log.info(
      { event: 'keys.read', source, keys, left_out: leftOut },
      `${keys} ${keys === 1 ? 'key' : 'keys'} read from ${source}${leftOut.length > 0 ? `; left out: ${leftOut.join('; ')}` : ''}`,
    ),
  'keys.failed': (log, { source, message, ageMs, keys, isNew }) =>
    isNew &&
    log.warn(
      { event: 'keys.failed', source, keys, age_ms: ageMs },
      `keys cannot be read from ${source}: ${message}; ${keys > 0 ? 'those that were read last count' : 'there are none, so no token of it can be verified'}`,
    ),
  'introspection.failed': (log, { message, isNew }) =>
    isNew &&
    log.warn(
      { event: 'introspection.failed' },
      `a token could not be asked about, and whoever sent it got 503: ${message}`,
    ),
  'token.asked': (log, { pool, outcome, message, isNew }) =>
    outcome === 'failed' &&
    isNew === true &&
    log.warn(
      { event: 'token.failed', pool },
      `there is no token to show, and what needs one fails with UPSTREAM_UNAUTHENTICATED: ${message}`,
    ),
  'requests.refused': (log, { count, max }) =>
    log.warn({ event: 'requests.refused', count, max }, `${count} requests refused: ${max} are being answered`),
  'connections.refused': (log, { listener, count, max }) =>
    log.warn(
      { event: 'connections.refused', listener, count, max },
      `${count} connections to the ${listener} listener closed: ${max} are open and in use`,
    ),
  'proxy.refused': (log, { listener, count, reason }) =>
    log.warn(
      { event: 'proxy.refused', listener, count, reason },
      `${count} connections of trusted proxies to the ${listener} listener closed: ${reason}`,
    ),
  'tls.refused': (log, { listener, count, reason }) =>
    log.info(
      { event: 'tls.refused', listener, count, reason },
      `${count} TLS handshakes with the ${listener} listener failed: ${reason}`,
    ),
  'http2.refused': (log, { listener, count, reason }) =>
    log.info(
      { event: 'http2.refused', listener, count, reason },
      `${count} connections by HTTP/2 to the ${listener} listener cut off: ${reason}`,
    ),
  'admin.refused': (log, { address, count }) =>
    log.warn(
      { event: 'admin.refused', address, count },
      `${count} ${count === 1 ? 'call' : 'calls'} of the admin listener with a wrong token, from ${address}`,
    ),
  'store.unanswered': (log, { count, timeoutMs }) =>
    log.warn(
      { event: 'store.unanswered', count, timeout_ms: timeoutMs },
      `${count} uses of the shared store went on without its answer, which did not come within ${timeoutMs} ms`,
    ),
  'supergraph.activated': (log, { version, source, subgraphs }) =>
    log.info(
      { event: 'supergraph.activated', version, source, subgraphs },
      `supergraph ${version} is live, from ${source}`,
    ),
  'supergraph.refused': (log, { source, code, message }) =>
    log.error({ event: 'supergraph.refused', source, code }, `supergraph from ${source} refused: ${message}`),
  'supergraph.checkpoint.used': (log, { path, version }) =>
    log.warn(
      { event: 'supergraph.checkpoint.used', path, version },
      `supergraph ${version} taken from checkpoint ${path}`,
    ),
  'composition.hint': (log, { code, message }) => log.debug({ event: 'composition.hint', code }, message),
  'config.reloaded': (log, { path }) => log.info({ event: 'config.reloaded', path }, `configuration ${path} reloaded`),
  'config.notice': (log, { message }) => log.warn({ event: 'config.notice' }, message),
  'config.refused': (log, { path, message }) =>
    log.error({ event: 'config.refused', path }, `configuration ${path} refused, the running one stays: ${message}`),
  'instance.changed': (log, { pool, instance, from, to, reason }) =>
    log[UNWELL.has(to) ? 'warn' : 'info'](
      { event: 'instance.changed', pool, instance, from, to, reason },
      `${pool} ${instance}: ${from} to ${to}, ${reason}`,
    ),
  'attempt.finished': (log, { id, pool, instance, outcome, attempt, durationMs, reason = null, code = null }) =>
    log.debug(
      {
        event: 'attempt.finished',
        ...named(id),
        pool,
        instance,
        outcome,
        attempt,
        ms: tenths(durationMs),
        reason,
        code,
      },
      `${pool} ${instance}: attempt ${attempt} ${outcome}${reason === null ? '' : `, ${reason} ${code ?? ''}`}`.trimEnd(),
    ),
  'attempt.denied': (log, { id, pool, kind }) =>
    log.debug({ event: 'attempt.denied', ...named(id), pool, kind }, `${pool}: the budget does not pay for a ${kind}`),
  'request.shed': (log, { id, pool, reason }) =>
    log.debug({ event: 'request.shed', ...named(id), pool, reason }, `${pool}: a request is refused, ${reason}`),
  'check.finished': (log, { pool, instance, passed, durationMs, detail = '', reason = null }) =>
    log.debug(
      { event: 'check.finished', pool, instance, passed, ms: tenths(durationMs), reason, detail },
      `${pool} ${instance}: health check ${passed ? 'passed' : 'failed'}${detail === '' ? '' : `: ${detail}`}`,
    ),
  'instance.overridden': overrideLine,
  'pool.deserted': (log, { pool, message }) => log.warn({ event: 'pool.deserted', pool }, message),
  'fallback.changed': (log, { pool, tags, fallsBack }) =>
    log[fallsBack ? 'warn' : 'info'](
      { event: 'fallback.changed', pool, tags, falls_back: fallsBack },
      fallsBack
        ? `${pool}: nobody with ${tags} is well; what rules send there goes to all instances`
        : `${pool}: somebody with ${tags} is well again; what rules send there goes to nobody else`,
    ),
  'weight.changed': (log, { pool, instance, from, to, reason }) =>
    log.info(
      { event: 'weight.changed', pool, instance, from, to, reason },
      `${pool} ${instance}: weight times ${to.toFixed(2)} after ${from.toFixed(2)}, ${reason}`,
    ),
  'discovery.answered': (log, { pool, source, endpoints }) =>
    log.debug(
      { event: 'discovery.answered', pool, source, endpoints },
      `${pool}: ${source} names ${endpoints} instances`,
    ),
  'discovery.failed': (log, { pool, source, message }) =>
    log.warn(
      { event: 'discovery.failed', pool, source },
      `${pool}: ${source} does not answer, the instances known stay: ${message}`,
    ),
  'discovery.changed': (log, { pool, source, added, removed, endpoints }) =>
    log.info(
      { event: 'discovery.changed', pool, source, added, removed, endpoints },
      `${pool}: ${source} finds ${endpoints} instances, ${added.length} new, ${removed.length} gone`,
    ),
  'discovery.doubted': (log, { pool, source, kept }) =>
    log.warn(
      { event: 'discovery.doubted', pool, source, kept },
      `${pool}: ${source} says that nobody is there, ${kept} instances stay until checks agree`,
    ),
  'lease.changed': (log, { pool, id, url, kind, actor }) =>
    log[kind === 'kept' ? 'warn' : 'info'](
      { event: 'lease.changed', pool, id, url, kind, actor },
      `${pool}: instance ${id} at ${url} ${kind}, by ${actor}`,
    ),
  'audit.failed': (log, { path, code }) =>
    log.error({ event: 'audit.failed', path, code }, `the audit log ${path} cannot be written: ${code}`),
  'audit.recovered': (log, { path, lost }) =>
    log.warn(
      { event: 'audit.recovered', path, lost },
      `the audit log ${path} is written again, ${lost === 0 ? 'and nothing is lost' : `${lost} entries are lost`}`,
    ),
  'audit.torn': (log, { path, bytes }) =>
    log.warn(
      { event: 'audit.torn', path, bytes },
      `the audit log ${path} ended in ${bytes} bytes of a line that a crash cut off; they are dropped`,
    ),
  'audit.damaged': (log, { path, message }) =>
    log.error(
      { event: 'audit.damaged', path, message },
      `the audit log ${path} was changed by somebody else: ${message}; headgate audit verify tells more`,
    ),
  'registry.revision': (log, { graph, revision, kind, actor }) =>
    log.info(
      { event: 'registry.revision', graph, revision, kind, actor },
      `${graph} revision ${revision}: ${kind} by ${actor}`,
    ),
  'registry.pruned': (log, { graph, before, revisions, blobs }) =>
    log.info(
      { event: 'registry.pruned', graph, before, revisions, blobs },
      `${graph}: ${revisions} revisions before ${before} and ${blobs} texts were out of registry.retention and are gone`,
    ),
  'registry.prune.failed': (log, { graph, code, message }) =>
    log.warn(
      { event: 'registry.prune.failed', graph, code, message },
      `${graph}: what is out of registry.retention stays for now: ${message}`,
    ),
  'server.listening': (log, { listener, url }) =>
    log.info({ event: 'server.listening', listener, url }, `${listener} listens on ${url}`),
  'worker.changed': (log, { worker, pid, state, reason }) =>
    log[state === 'gone' ? 'warn' : 'info'](
      { event: 'worker.changed', of: worker, worker_pid: pid, state },
      `worker ${worker} (pid ${pid}) ${state}: ${reason}`,
    ),
  'server.draining': (log, { signal }) => log.info({ event: 'server.draining', signal }, `draining after ${signal}`),
  'internal.error': (log, { id, where, error }) =>
    log.error({ event: 'internal.error', ...named(id), where, err: error }, `internal error in ${where}: ${error}`),
};

/** Levels of the events that are frequent: not subscribed to when the log would drop them. */
const DEBUG_EVENTS: ReadonlySet<string> = new Set([
  'attempt.finished',
  'attempt.denied',
  'request.shed',
  'check.finished',
  'rate_limit.judged',
  'discovery.answered',
  'composition.hint',
]);

/**
 * Writes each event as one line until the returned function is called.
 * @param ownWriters in place of those here
 */
export function logEvents(log: Logger, ownWriters: Writers = {}): () => void {
  const writers: Writers = { ...WRITERS, 'gateway.fault': faultWriter(), ...ownWriters };
  const stops: (() => void)[] = [];
  const listen = <Name extends keyof Events>(name: Name) => {
    const write = writers[name];
    if (write === undefined || (DEBUG_EVENTS.has(name) && !log.isLevelEnabled('debug'))) return;
    stops.push(subscribe(name, (event) => write(log, event)));
  };
  // The keys of writers are names of events by its type.
  for (const name of Object.keys(writers) as (keyof Events)[]) listen(name);
  return () => {
    for (const stop of stops) stop();
  };
}
