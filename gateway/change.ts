import type { LoadedConfig } from './config/load';
import type { Soon } from './layers';
import type { DeliveredSupergraph } from './supergraph-provider';

/** Supergraph and configuration that are taken over together, or not at all; null is what stays. */
export interface Change {
  readonly supergraph: DeliveredSupergraph | null;
  readonly loaded: LoadedConfig | null;
}

/** A change that can no longer fail. Either of commit and abandon is called, once. */
export interface PreparedChange {
  commit(): void;
  abandon(): void;
}

/**
 * Prepares parts one after another, and makes them one change. What is prepared is abandoned when a later part fails.
 * @throws what a part throws
 */
export async function preparedTogether(parts: readonly (() => Soon<PreparedChange>)[]): Promise<PreparedChange> {
  const prepared: PreparedChange[] = [];
  const abandon = () => {
    for (const part of prepared.reverse()) part.abandon();
  };
  try {
    for (const prepare of parts) prepared.push(await prepare());
  } catch (error) {
    abandon();
    throw error;
  }
  return {
    commit: () => {
      for (const part of prepared) part.commit();
    },
    abandon,
  };
}
