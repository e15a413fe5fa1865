/** Starts Monaco's workers from files of ours. Their hashed addresses stand in `data-worker-…` of the root element. */
export function provideWorkers(addresses: DOMStringMap): void {
  Object.assign(globalThis, {
    MonacoEnvironment: {
      getWorker: (_id: string, label: string) =>
        new Worker(addressOf(addresses, label), { type: 'module', name: label }),
    },
  });
}

function addressOf(addresses: DOMStringMap, label: string): string {
  const address =
    label === 'json' ? addresses.workerJson : label === 'graphql' ? addresses.workerGraphql : addresses.workerEditor;
  if (address === undefined) throw new Error(`the page names no worker for ${label}`);
  return address;
}
