import { z } from 'zod';
import { dnsTarget } from '../dns-target';
import { httpUrl } from '../http-url';
import { tags } from './tags';

const instance = z.strictObject({
  url: httpUrl().describe('Where this instance answers.'),
  weight: z.number().positive().max(1_000_000).prefault(1).describe('Share of the traffic, relative to the others.'),
  zone: z.string().min(1).max(200).exactOptional().describe('Name of the place, e.g. eu-1.'),
  tier: z.enum(['primary', 'backup']).prefault('primary').describe('Backups serve when primaries cannot.'),
  tags: tags.exactOptional().describe('What rules call it, e.g. version: v2.'),
});

/** RFC 1123, as Kubernetes asks of names. */
const label = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'expected lower-case letters, digits and -');

const kubernetes = z.strictObject({
  service: label.describe('Name of the service whose EndpointSlices are watched.'),
  namespace: label.exactOptional().describe('The own namespace when absent.'),
  port: z
    .union([z.int().min(1).max(65_535), z.string().min(1)])
    .exactOptional()
    .describe('Name or number of the target port; not needed when there is only one.'),
});

const SOURCES = ['dns', 'dns_srv', 'kubernetes', 'registry'] as const;

const discovery = z
  .strictObject({
    dns: z
      .string()
      .refine((value) => dnsTarget(value) !== null, 'expected host:port, e.g. products.internal:4001')
      .exactOptional()
      .describe('host:port whose addresses are the instances.'),
    dns_srv: z
      .string()
      .regex(
        /^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?$/,
        'expected a name such as _graphql._tcp.products.internal',
      )
      .exactOptional()
      .describe('Name of the SRV records.'),
    kubernetes: kubernetes.exactOptional(),
    registry: z.literal(true).exactOptional().describe('Instances register themselves.'),
    scheme: z.enum(['http', 'https']).exactOptional().describe('Of the instances found; that of url, or http.'),
    path: z
      .string()
      .regex(/^\/[^?#\s]*$/, 'expected a path such as /graphql')
      .exactOptional()
      .describe('Of the instances found; that of url, or /graphql.'),
  })
  .refine(
    (value) => SOURCES.filter((source) => value[source] !== undefined).length === 1,
    `expected one of ${SOURCES.join(', ')}`,
  );

export type Discovery = z.output<typeof discovery>;

/** Keys that say how the instances of one pool are found. */
export const whereabouts = {
  url: httpUrl().exactOptional().describe('The one instance; instances takes several.'),
  instances: z.array(instance).min(1).max(1000).exactOptional(),
  discovery: discovery
    .exactOptional()
    .describe('Where instances come from. Listed instances stay members; a url stands in while none is found.'),
};

interface Whereabouts {
  readonly url?: string;
  readonly instances?: readonly { readonly url: string }[];
}

/** Refuses what would list an instance twice. */
export function checkWhereabouts({ url, instances = [] }: Whereabouts, context: z.RefinementCtx): void {
  if (url !== undefined && instances.length > 0) {
    context.addIssue({ code: 'custom', path: ['url'], message: 'url and instances exclude each other; keep one' });
  }
  const seen = new Set<string>();
  for (const [index, { url }] of instances.entries()) {
    const href = URL.canParse(url) ? new URL(url).href : url;
    if (seen.has(href))
      context.addIssue({ code: 'custom', path: ['instances', index, 'url'], message: `${url} is listed twice` });
    seen.add(href);
  }
}
