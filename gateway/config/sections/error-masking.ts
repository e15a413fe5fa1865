import { z } from 'zod';
import { complete, near } from './shaping/layers';
import { subgraphName } from './subgraph-name';

const scope = {
  redact: z
    .boolean()
    .describe('Clients see that a subgraph failed, and an errorId by which the log has the message; --dev shows all.'),
  allow_extensions: z
    .array(z.string().min(1).max(100))
    .max(100)
    .describe('Extensions that clients see of an error that is redacted.'),
};

export const errorMasking = z
  .strictObject({
    all: z
      .strictObject(complete(scope, { redact: true, allow_extensions: ['code'] }))
      .prefault({})
      .describe('Every subgraph.'),
    subgraphs: z
      .record(subgraphName, z.strictObject(near(scope)))
      .prefault({})
      .describe('One subgraph; nearer than all, key by key.'),
  })
  .prefault({})
  .describe('What clients see of the errors of subgraphs.');
