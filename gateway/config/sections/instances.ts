import { z } from 'zod';
import { httpUrl } from '../http-url';
import { poolNear } from './shaping/pool';

const instance = z.strictObject({
  url: httpUrl().describe('Where this instance answers.'),
  weight: z.number().positive().max(1_000_000).prefault(1).describe('Share of the traffic, relative to the others.'),
  zone: z.string().min(1).max(200).exactOptional().describe('Name of the place, e.g. eu-1.'),
  tier: z.enum(['primary', 'backup']).prefault('primary').describe('Backups serve when primaries cannot.'),
});

const kubernetes = z.strictObject({
  service: z.string().min(1),
  namespace: z.string().min(1).exactOptional(),
  port: z.union([z.int().min(1).max(65_535), z.string().min(1)]).exactOptional(),
});

const discovery = z
  .strictObject({
    dns: z.string().min(1).exactOptional().describe('host:port whose addresses are the instances.'),
    dns_srv: z.string().min(1).exactOptional().describe('Name of the SRV records.'),
    kubernetes: kubernetes.exactOptional(),
    registry: z.literal(true).exactOptional().describe('Instances register themselves.'),
  })
  .refine((value) => Object.keys(value).length === 1, 'expected one of dns, dns_srv, kubernetes, registry');

/** How the instances of one pool are found. */
export const whereabouts = {
  url: httpUrl().exactOptional().describe('The one instance; instances takes several.'),
  instances: z.array(instance).min(1).max(1000).exactOptional(),
  discovery: discovery.exactOptional(),
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

/** One source of a REST subgraph: its instances, and whatever differs from the traffic shaping of the subgraph. */
export const restSource = z.strictObject({ ...whereabouts, ...poolNear }).superRefine(checkWhereabouts);
