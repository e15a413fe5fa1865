import { z } from 'zod';
import type { KubernetesApi } from './api';

const GROUP = 'discovery.k8s.io';
/** Whose EndpointSlices can be read, best first. */
const KNOWN = ['v1', 'v1beta1'];

const groupList = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      versions: z.array(z.object({ version: z.string() })),
      preferredVersion: z.object({ version: z.string() }).nullish(),
    }),
  ),
});

/**
 * The path of the API group that has EndpointSlices, in the version that this API server and we know.
 * @returns e.g. `/apis/discovery.k8s.io/v1`
 */
export async function endpointSliceGroup(api: KubernetesApi, timeoutMs: number, signal: AbortSignal): Promise<string> {
  const { groups } = groupList.parse(await api.get('/apis', timeoutMs, signal));
  const group = groups.find(({ name }) => name === GROUP);
  if (group === undefined) throw new Error(`the API server has no group ${GROUP}: EndpointSlices need Kubernetes 1.17`);
  const versions = group.versions.map(({ version }) => version);
  const version = KNOWN.find((known) => versions.includes(known)) ?? group.preferredVersion?.version ?? versions[0];
  return `/apis/${GROUP}/${version}`;
}
