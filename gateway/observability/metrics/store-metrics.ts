import type { Registry } from 'prom-client';
import { subscribe } from '../../events';
import { Tally } from './tally';

/** Uses of the store that processes share, and what came of the queries that clients name by their hash. */
export function countStore(registry: Registry): () => void {
  const used = new Tally(registry, {
    name: 'headgate_store_uses_total',
    help: 'Uses of a store that another process answers, by operation and whether it did in time.',
    labels: ['operation', 'result'],
  });
  const persisted = new Tally(registry, {
    name: 'headgate_persisted_queries_total',
    help: 'Queries that clients named by their hash: known, shared (found in the store), unknown, or kept for the next time.',
    labels: ['result'],
  });
  const documents = new Tally(registry, {
    name: 'headgate_persisted_documents_total',
    help: 'Requests by what came of their document: found in a manifest, unknown (its id), unlisted (its text), or refused.',
    labels: ['result'],
  });
  const stops = [
    subscribe('store.used', ({ operation, outcome }) => used.add(operation, outcome)),
    subscribe('persisted.query', ({ result }) => persisted.add(result)),
    subscribe('persisted.document', ({ result }) => documents.add(result)),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
