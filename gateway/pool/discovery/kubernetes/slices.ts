import { z } from 'zod';
import { isTagName, isTagValue, TAGS_MAX, type Tags } from '../../../tags';
import type { InstanceOptions } from '../../options';
import { distinct } from '../belief';
import { endpointAt } from '../endpoint';
import type { KubernetesOptions } from '../options';

/** Labels of a service, or of slices that somebody else makes: `tags.headgate.dev/version: v2`. */
const TAG_LABEL = 'tags.headgate.dev/';

const condition = z.boolean().nullish();

/** What is read of an EndpointSlice, in its versions v1 and v1beta1. */
const sliceShape = z.object({
  metadata: z.object({
    name: z.string(),
    resourceVersion: z.string().nullish(),
    labels: z.record(z.string(), z.string()).nullish(),
  }),
  addressType: z.string().nullish(),
  endpoints: z
    .array(
      z.object({
        addresses: z.array(z.string()).nullish(),
        conditions: z.object({ ready: condition, serving: condition, terminating: condition }).nullish(),
        zone: z.string().nullish(),
        topology: z.record(z.string(), z.string()).nullish(),
      }),
    )
    .nullish(),
  ports: z
    .array(z.object({ name: z.string().nullish(), port: z.int().nullish(), protocol: z.string().nullish() }))
    .nullish(),
});

export type EndpointSlice = z.output<typeof sliceShape>;

/** @throws {Error} it is no EndpointSlice */
export function readSlice(value: unknown): EndpointSlice {
  const result = sliceShape.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new Error(`not an EndpointSlice: ${issue?.path.join('.')} ${issue?.message}`);
}

interface Candidate {
  readonly endpoint: InstanceOptions;
  readonly family: string;
  readonly stage: 'ready' | 'terminating';
}

/**
 * The endpoints of a service: those that are ready. When none is, those that terminate and still serve, as kube-proxy does.
 * A pod of two address families is one instance, by its IPv4 address.
 * @throws {Error} none of the slices' ports is the one asked for
 */
export function endpointsOf(
  slices: Iterable<EndpointSlice>,
  options: KubernetesOptions,
  namespace: string,
): readonly InstanceOptions[] {
  const all = [...slices];
  const candidates = all.flatMap((slice) => candidatesOf(slice, options, namespace));
  if (candidates.length === 0) checkPort(all, options);
  const ready = candidates.filter(({ stage }) => stage === 'ready');
  const usable = ready.length > 0 ? ready : candidates;
  const four = usable.filter(({ family }) => family !== 'IPv6');
  return distinct((four.length > 0 ? four : usable).map(({ endpoint }) => endpoint));
}

function candidatesOf(slice: EndpointSlice, options: KubernetesOptions, namespace: string): Candidate[] {
  const port = portOf(slice, options.port);
  if (port === null) return [];
  const name = `${options.service}.${namespace}.svc`;
  const tags = tagsOf(slice);
  return (slice.endpoints ?? []).flatMap((endpoint) => {
    const stage = stageOf(endpoint.conditions ?? {});
    const address = endpoint.addresses?.[0];
    if (stage === null || address === undefined) return [];
    const zone = endpoint.zone ?? endpoint.topology?.['topology.kubernetes.io/zone'] ?? null;
    const family = slice.addressType ?? 'IPv4';
    return [
      {
        endpoint: endpointAt({ address, port, name, zone, ...(tags !== undefined && { tags }) }, options),
        family,
        stage,
      },
    ];
  });
}

/** A slice has the labels of its service: of those with our prefix the rest of the name is a tag. */
function tagsOf({ metadata: { labels } }: EndpointSlice): Tags | undefined {
  const tags = Object.entries(labels ?? {})
    .filter(([label]) => label.startsWith(TAG_LABEL))
    .map(([label, value]) => [label.slice(TAG_LABEL.length), value] as const)
    .filter(([name, value]) => isTagName(name) && isTagValue(value))
    .slice(0, TAGS_MAX);
  return tags.length === 0 ? undefined : Object.fromEntries(tags);
}

interface Conditions {
  readonly ready?: boolean | null | undefined;
  readonly serving?: boolean | null | undefined;
  readonly terminating?: boolean | null | undefined;
}

/** A condition that is not told counts as true, termination as false: so the API defines it. */
function stageOf({ ready, serving, terminating }: Conditions): Candidate['stage'] | null {
  if (terminating === true) return (serving ?? ready ?? false) ? 'terminating' : null;
  return ready === false ? null : 'ready';
}

/** Null when the slice does not offer the port. A slice without ports leaves the choice to the client. */
function portOf({ ports }: EndpointSlice, wanted: KubernetesOptions['port']): number | null {
  const offered = (ports ?? []).filter(({ protocol }) => (protocol ?? 'TCP') === 'TCP');
  if (offered.every(({ port }) => port === null || port === undefined))
    return typeof wanted === 'number' ? wanted : null;
  const fits = offered.find(({ name, port }) => (typeof wanted === 'string' ? name === wanted : port === wanted));
  const found = fits ?? (wanted === null && offered.length === 1 ? offered[0] : undefined);
  return found?.port ?? null;
}

/** An unknown port must not look like a service that has no pods. */
function checkPort(slices: readonly EndpointSlice[], { service, port }: KubernetesOptions): void {
  const filled = slices.filter(({ endpoints }) => (endpoints ?? []).length > 0);
  if (filled.length === 0 || filled.some((slice) => portOf(slice, port) !== null)) return;
  const offered = filled.flatMap(({ ports }) => (ports ?? []).map((one) => `${one.name || 'unnamed'} (${one.port})`));
  const names = [...new Set(offered)].join(', ') || 'none';
  throw new Error(
    `service ${service} offers the target ports ${names}; discovery.kubernetes.port ${port === null ? 'must name one' : `is ${port}`}`,
  );
}
