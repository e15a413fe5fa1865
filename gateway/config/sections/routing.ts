import { z } from 'zod';
import { BOOL } from '../../expressions/types';
import { ROUTING_VOCABULARY as vocabulary } from '../../vocabulary/routing';
import { expression } from '../expression';
import { subgraphName } from './subgraph-name';
import { tags } from './tags';

const wantedTags = tags.refine((given) => Object.keys(given).length > 0, 'expected a tag, e.g. version: v2');

const rule = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/, 'expected a letter, then letters, digits and _.-')
      .exactOptional()
      .describe('What explanations and tests call it; its place otherwise, routing[0].'),
    subgraphs: z.array(subgraphName).min(1).max(500).describe('Whose fetches it is for.'),
    when: expression(vocabulary, BOOL).exactOptional().describe('CEL: the requests that it is for; all when absent.'),
    percent: z
      .number()
      .min(0)
      .max(100)
      .exactOptional()
      .describe('How many of a hundred of them it takes, by chance; all when absent.'),
    sticky: expression(vocabulary)
      .exactOptional()
      .describe('CEL: what percent is drawn by, so that the same clients always get the same.'),
    instances: z
      .strictObject({
        tags: wantedTags,
        fallback: z.boolean().prefault(true).describe('Ask all instances while none of these is well; false: fail.'),
      })
      .exactOptional()
      .describe('The instances that its fetches go to.'),
    mirror: z
      .strictObject({ tags: wantedTags })
      .exactOptional()
      .describe('The instances that get a copy of its fetches; their answers are thrown away.'),
  })
  .refine((given) => (given.instances === undefined) !== (given.mirror === undefined), {
    message: 'expected one of instances and mirror',
  })
  .refine((given) => given.sticky === undefined || given.percent !== undefined, {
    message: 'sticky says what percent is drawn by: give percent as well',
    path: ['sticky'],
  });

export const routing = z
  .array(rule)
  .max(200)
  .prefault([])
  .describe('Which instances fetches go to. For each subgraph the first rule that matches decides.');
