import type { Logger } from 'pino';
import { type Events, type SubgraphCall, subscribe } from '../events';
import { operationText, tenths } from './request-lines';

/** How one kind of event is written. What is not in the line is not in the log: no header, no variable, no SDL. */
export type Writers = { readonly [Name in keyof Events]?: (log: Logger, event: Events[Name]) => void };

/** `products@127.0.0.1:4001 3.1ms`, for people. */
function callText({ subgraph, instance, attempts, durationMs, errorCode }: SubgraphCall): string {
  const place = instance === null ? subgraph : `${subgraph}@${instance}`;
  const tries = attempts > 1 ? ` (${attempts} attempts)` : '';
  return `${place} ${tenths(durationMs)}ms${tries}${errorCode === null ? '' : ` ${errorCode}`}`;
}

export function levelOf({ status }: Events['request.finished']): 'error' | 'info' {
  return status >= 500 ? 'error' : 'info';
}

/** For people: whoever reads JSON gets the lines of {@link RequestLines}. */
function requestLine(log: Logger, event: Events['request.finished']): void {
  const { status, durationMs, calls } = event;
  const made = calls.length > 0 ? `: ${calls.map(callText).join(', ')}` : '';
  log[levelOf(event)]({ event: 'request' }, `${operationText(event)} ${status} ${tenths(durationMs)}ms${made}`);
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

const UNWELL: ReadonlySet<string> = new Set(['degraded', 'ejected']);

const WRITERS: Writers = {
  'request.finished': requestLine,
  'limit.exceeded': (log, { limit, max, mode }) =>
    log[mode === 'measure' ? 'info' : 'debug'](
      { event: 'limit.exceeded', limit, max, mode },
      `a request exceeds limits.${limit} of ${max}${mode === 'measure' ? ', which is only measured' : ', refused'}`,
    ),
  'requests.refused': (log, { count, max }) =>
    log.warn({ event: 'requests.refused', count, max }, `${count} requests refused: ${max} are being answered`),
  'connections.refused': (log, { listener, count, max }) =>
    log.warn(
      { event: 'connections.refused', listener, count, max },
      `${count} connections to the ${listener} listener closed: ${max} are open and in use`,
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
  'attempt.finished': (log, { pool, instance, outcome, attempt, durationMs }) =>
    log.debug(
      { event: 'attempt.finished', pool, instance, outcome, attempt, ms: tenths(durationMs) },
      `${pool} ${instance}: attempt ${attempt} ${outcome}`,
    ),
  'attempt.denied': (log, { pool, kind }) =>
    log.debug({ event: 'attempt.denied', pool, kind }, `${pool}: the budget does not pay for a ${kind}`),
  'request.shed': (log, { pool, reason }) =>
    log.debug({ event: 'request.shed', pool, reason }, `${pool}: a request is refused, ${reason}`),
  'check.finished': (log, { pool, instance, passed, durationMs }) =>
    log.debug(
      { event: 'check.finished', pool, instance, passed, ms: tenths(durationMs) },
      `${pool} ${instance}: health check ${passed ? 'passed' : 'failed'}`,
    ),
  'instance.overridden': overrideLine,
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
  'registry.revision': (log, { graph, revision, kind, actor }) =>
    log.info(
      { event: 'registry.revision', graph, revision, kind, actor },
      `${graph} revision ${revision}: ${kind} by ${actor}`,
    ),
  'server.listening': (log, { listener, url }) =>
    log.info({ event: 'server.listening', listener, url }, `${listener} listens on ${url}`),
  'worker.changed': (log, { worker, pid, state, reason }) =>
    log[state === 'gone' ? 'warn' : 'info'](
      { event: 'worker.changed', of: worker, worker_pid: pid, state },
      `worker ${worker} (pid ${pid}) ${state}: ${reason}`,
    ),
  'server.draining': (log, { signal }) => log.info({ event: 'server.draining', signal }, `draining after ${signal}`),
  'internal.error': (log, { where, error }) =>
    log.error({ event: 'internal.error', where, err: error }, `internal error in ${where}: ${error}`),
};

/** Levels of the events that are frequent: not subscribed to when the log would drop them. */
const DEBUG_EVENTS: ReadonlySet<string> = new Set([
  'attempt.finished',
  'attempt.denied',
  'request.shed',
  'check.finished',
  'discovery.answered',
  'composition.hint',
]);

/**
 * Writes each event as one line until the returned function is called.
 * @param ownWriters in place of those here
 */
export function logEvents(log: Logger, ownWriters: Writers = {}): () => void {
  const writers: Writers = { ...WRITERS, ...ownWriters };
  const stops: (() => void)[] = [];
  const listen = <Name extends keyof Events>(name: Name) => {
    const write = writers[name];
    if (write === undefined || (DEBUG_EVENTS.has(name) && !log.isLevelEnabled('debug'))) return;
    stops.push(subscribe(name, (event) => write(log, event)));
  };
  // The keys of WRITERS are names of events by its type.
  for (const name of Object.keys(WRITERS) as (keyof Events)[]) listen(name);
  return () => {
    for (const stop of stops) stop();
  };
}
