import type { Registry } from 'prom-client';
import { subscribe } from '../../events';
import { Durations } from './durations';
import { Tally } from './tally';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Client requests, and the subgraph calls made for them. The name of an operation is the client's: never a label. */
export function countRequests(registry: Registry): () => void {
  const requests = new Tally(registry, {
    name: 'headgate_requests_total',
    help: 'Client requests by kind of operation and HTTP status.',
    labels: ['kind', 'status'],
  });
  const withErrors = new Tally(registry, {
    name: 'headgate_requests_with_errors_total',
    help: 'Client requests whose answer holds GraphQL errors.',
    labels: ['kind'],
  });
  const seconds = new Durations(registry, {
    name: 'headgate_request_duration_seconds',
    help: 'From the arrival of a client request to its answer.',
    label: 'kind',
    buckets: SECONDS,
  });
  const stop = subscribe('request.finished', ({ operationKind, status, durationMs, errorCount }) => {
    const kind = operationKind ?? 'none';
    requests.add(kind, String(status));
    if (errorCount > 0) withErrors.add(kind);
    seconds.observe(kind, durationMs / 1_000);
  });
  const stopCalls = countCalls(registry);
  return () => {
    stop();
    stopCalls();
  };
}

function countCalls(registry: Registry): () => void {
  const calls = new Tally(registry, {
    name: 'headgate_subgraph_calls_total',
    help: 'Calls to a subgraph, all attempts together, by error code; OK without one.',
    labels: ['subgraph', 'code'],
  });
  const seconds = new Durations(registry, {
    name: 'headgate_subgraph_call_duration_seconds',
    help: 'Calls to a subgraph, all attempts together.',
    label: 'subgraph',
    buckets: SECONDS,
  });
  return subscribe('subgraph.called', ({ call: { subgraph, errorCode, durationMs, isShared } }) => {
    if (isShared === true) return;
    calls.declare(subgraph, 'MUTATION_OUTCOME_UNKNOWN');
    calls.add(subgraph, errorCode ?? 'OK');
    seconds.observe(subgraph, durationMs / 1_000);
  });
}
