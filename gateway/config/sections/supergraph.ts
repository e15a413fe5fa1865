import { z } from 'zod';

export const supergraph = z
  .strictObject({
    source: z
      .enum(['subgraphs', 'file', 'registry'])
      .exactOptional()
      .describe('When absent: file with a path, subgraphs with subgraphs, registry otherwise.'),
    path: z.string().min(1).exactOptional().describe('The supergraph file, watched; read when source is file.'),
    checkpoint: z
      .union([z.literal(false), z.string().min(1)], { error: 'expected a path, or false to keep none' })
      .prefault('./.headgate/last-good')
      .describe('Where the last good supergraph is kept, for a start without its source.'),
  })
  .prefault({})
  .describe('Where the composed schema comes from.');
