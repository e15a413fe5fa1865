/** Whether this process should be sent requests; one value shared by both listeners. */
export interface Health {
  state(): 'starting' | 'ok' | 'draining';
  startDraining(): void;
}

/** @param isReady true once a supergraph is loaded */
export function createHealth(isReady: () => boolean): Health {
  let draining = false;
  return {
    state: () => {
      if (draining) return 'draining';
      return isReady() ? 'ok' : 'starting';
    },
    startDraining: () => {
      draining = true;
    },
  };
}
