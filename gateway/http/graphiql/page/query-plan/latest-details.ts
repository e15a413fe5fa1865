import { useSyncExternalStore } from 'react';
import type { QueryDetails } from './details';

/** `undefined` before the first operation, null when the last answer carried no details. */
type Latest = QueryDetails | null | undefined;

let latest: Latest;
const listeners = new Set<() => void>();

export function showDetails(details: QueryDetails | null): void {
  latest = details;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The details of the operation that was answered last. */
export function useLatestDetails(): Latest {
  return useSyncExternalStore(subscribe, () => latest);
}
