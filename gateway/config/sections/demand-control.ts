import { z } from 'zod';
import { DEFAULT_LIST_SIZE } from '../../demand-control/options';
import { subgraphName } from './subgraph-name';

const cost = () => z.int().min(0).max(Number.MAX_SAFE_INTEGER);

export const demandControl = z
  .strictObject({
    enabled: z.boolean().prefault(true).describe('False: as without the section.'),
    mode: z
      .enum(['measure', 'enforce'])
      .prefault('measure')
      .describe('measure: what would be refused is counted, and passes.'),
    max: cost().exactOptional().describe('Estimated cost of an operation; beyond it is refused with 400.'),
    list_size: z
      .int()
      .min(0)
      .max(1_000_000)
      .prefault(DEFAULT_LIST_SIZE)
      .describe('Elements of a list that the schema says nothing of.'),
    subgraphs: z
      .record(
        subgraphName,
        z.strictObject({ max: cost().describe('Estimated cost of what is asked of it; beyond it, it is not asked.') }),
      )
      .prefault({})
      .describe('Limits of single subgraphs.'),
    headers: z.boolean().prefault(false).describe('Answers have x-cost-estimated, x-cost-actual and x-cost-max.'),
  })
  .exactOptional()
  .describe('What an operation may cost. Absent: nothing is estimated.');
