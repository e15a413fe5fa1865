import { z } from 'zod';
import { checkWhereabouts, whereabouts } from './instances';
import { restSource } from './rest-source';
import { subgraphName } from './subgraph-name';
import { auth } from './token';

const schema = z
  .strictObject({
    file: z.string().min(1).exactOptional().describe('SDL file, watched.'),
    introspect: z.literal(true).exactOptional().describe('Ask the running subgraph for its SDL.'),
  })
  .refine((value) => Object.keys(value).length === 1, 'expected either file or introspect: true');

const INSTANCES = 'its instances stand under sources.<name>';
const REMEDIES = {
  url: INSTANCES,
  instances: INSTANCES,
  discovery: INSTANCES,
  auth: 'what its services are shown stands under sources.<name>.auth',
};

const subgraph = z
  .strictObject({
    schema: schema.exactOptional().describe('Where the SDL comes from.'),
    ...whereabouts,
    auth,
    rest: z.string().min(1).exactOptional().describe('SDL file of a REST adapter (@source, @connect).'),
    sources: z
      .record(subgraphName, restSource)
      .exactOptional()
      .describe('The REST services behind the adapter, by @source name.'),
  })
  .superRefine(checkWhereabouts)
  .superRefine((value, context) => {
    const isRest = value.rest !== undefined || value.sources !== undefined;
    if (!isRest) return;
    for (const key of ['schema', 'url', 'instances', 'discovery', 'auth'] as const) {
      if (value[key] === undefined) continue;
      const remedy = key === 'schema' ? 'rest names its SDL' : REMEDIES[key];
      context.addIssue({ code: 'custom', path: [key], message: `a REST subgraph has no ${key}; ${remedy}` });
    }
  });

export const subgraphs = z.record(subgraphName, subgraph).prefault({}).describe('The subgraphs, by name.');
