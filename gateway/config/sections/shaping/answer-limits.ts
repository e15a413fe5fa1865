import { z } from 'zod';
import { size } from '../../size';

/** What one answer may be. */
export const answerLimits = {
  response_bytes: size().describe('Largest answer of a subgraph. 1MB is 1,000,000 bytes.'),
  response_depth: z.int().min(1).max(10_000).describe('Deepest nesting of an answer.'),
};
