/** Count of the processes that answer behind one port, and of those that should. */
export interface WorkerCount {
  readonly ready: number;
  readonly wanted: number;
}

/** State that tells whether this process should be sent requests; one value shared by both listeners. */
export interface Health {
  /** `degraded`: requests are answered, by fewer processes than wanted. */
  state(): 'starting' | 'ok' | 'degraded' | 'draining';
  /** Null when there is but this process. */
  workers(): WorkerCount | null;
  startDraining(): void;
}

/**
 * @param isReady true once a supergraph is loaded
 * @param workers the processes that share the port
 */
export function createHealth(isReady: () => boolean, workers: () => WorkerCount | null = () => null): Health {
  let draining = false;
  return {
    state: () => {
      if (draining) return 'draining';
      if (!isReady()) return 'starting';
      const { ready, wanted } = workers() ?? { ready: 1, wanted: 1 };
      return ready < wanted ? 'degraded' : 'ok';
    },
    workers,
    startDraining: () => {
      draining = true;
    },
  };
}
