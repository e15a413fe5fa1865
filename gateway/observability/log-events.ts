import type { Logger } from 'pino';
import { type Events, type SubgraphCall, subscribe } from '../events';

/** How one kind of event is written. What is not in the line is not in the log: no header, no variable, no SDL. */
type Writers = { readonly [Name in keyof Events]?: (log: Logger, event: Events[Name]) => void };

const tenths = (ms: number): number => Math.round(ms * 10) / 10;

function callFields(call: SubgraphCall) {
  const { subgraph, instance, attempts, status, errorCode } = call;
  return { subgraph, instance, attempts, ms: tenths(call.durationMs), status, code: errorCode };
}

/** `products@127.0.0.1:4001 3.1ms`, for people. */
function callText({ subgraph, instance, attempts, durationMs, errorCode }: SubgraphCall): string {
  const place = instance === null ? subgraph : `${subgraph}@${instance}`;
  const tries = attempts > 1 ? ` (${attempts} attempts)` : '';
  return `${place} ${tenths(durationMs)}ms${tries}${errorCode === null ? '' : ` ${errorCode}`}`;
}

function requestLine(log: Logger, event: Events['request.finished']): void {
  const { operationName, operationKind, status, durationMs, errorCount, calls } = event;
  const operation = `${operationKind ?? 'request'} ${operationName ?? '(anonymous)'}`;
  const fields = {
    event: 'request',
    operation: operationName,
    kind: operationKind,
    status,
    ms: tenths(durationMs),
    errors: errorCount,
    calls: calls.map(callFields),
  };
  const made = calls.length === 0 ? '' : `: ${calls.map(callText).join(', ')}`;
  log[status >= 500 ? 'error' : 'info'](fields, `${operation} ${status} ${tenths(durationMs)}ms${made}`);
}

const UNWELL: ReadonlySet<string> = new Set(['degraded', 'ejected']);

const WRITERS: Writers = {
  'request.finished': requestLine,
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
  'registry.revision': (log, { graph, revision, kind, actor }) =>
    log.info(
      { event: 'registry.revision', graph, revision, kind, actor },
      `${graph} revision ${revision}: ${kind} by ${actor}`,
    ),
  'server.listening': (log, { listener, url }) =>
    log.info({ event: 'server.listening', listener, url }, `${listener} listens on ${url}`),
  'server.draining': (log, { signal }) => log.info({ event: 'server.draining', signal }, `draining after ${signal}`),
  'internal.error': (log, { where, error }) =>
    log.error({ event: 'internal.error', where, err: error }, `internal error in ${where}: ${error}`),
};

/** Levels of the events that are frequent: not subscribed to when the log would drop them. */
const DEBUG_EVENTS: ReadonlySet<string> = new Set(['attempt.finished', 'composition.hint']);

/** Writes each event as one line until the returned function is called. */
export function logEvents(log: Logger): () => void {
  const stops: (() => void)[] = [];
  const listen = <Name extends keyof Events>(name: Name) => {
    const write = WRITERS[name];
    if (write === undefined || (DEBUG_EVENTS.has(name) && !log.isLevelEnabled('debug'))) return;
    stops.push(subscribe(name, (event) => write(log, event)));
  };
  // The keys of WRITERS are names of events by its type.
  for (const name of Object.keys(WRITERS) as (keyof Events)[]) listen(name);
  return () => {
    for (const stop of stops) stop();
  };
}
