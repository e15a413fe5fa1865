import { z } from 'zod';
import { duration } from '../duration';

export const planning = z
  .strictObject({
    deadline: duration().prefault('2s').describe('Planning of one operation.'),
    queue: z.int().min(1).max(1_000_000).prefault(1000).describe('Operations that may wait for the planner.'),
    cache: z.int().min(1).max(1_000_000).prefault(2000).describe('Plans kept.'),
    max_fetches: z.int().min(1).max(100_000).prefault(500).describe('Fetches in one plan, before they are merged.'),
    override_labels: z
      .record(z.string(), z.boolean())
      .prefault({})
      .describe('Named labels of progressive `@override` that hold. `percent(5)` needs no entry.'),
    workers: z.int().min(1).max(64).prefault(1).describe('Planner threads.'),
  })
  .prefault({})
  .describe('The query planner.');
