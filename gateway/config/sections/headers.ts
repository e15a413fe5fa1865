import { z } from 'zod';
import { BOOL } from '../../expressions/types';
import { isForwardable, isHeaderValue } from '../../transport/header-names';
import { answerVocabulary, fetchVocabulary } from '../../vocabulary/fetch';
import { expression } from '../expression';
import { subgraphName } from './subgraph-name';

const anyName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/, 'expected a header name')
  .overwrite((name) => name.toLowerCase());

const name = anyName.refine((value) => isForwardable(value.toLowerCase()), {
  error: (issue) => `${issue.input} belongs to one connection or to the body, and cannot be passed on`,
});

const value = z.string().max(8192).refine(isHeaderValue, 'a header value is one line of Latin-1 text');

const pattern = z
  .string()
  .min(1)
  .max(512)
  .superRefine((text, context) => {
    try {
      new RegExp(text, 'i');
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as SyntaxError).message });
    }
  })
  .describe('Regular expression on the header name.');

const oneOf = (...keys: string[]) => ({
  check: (given: object) => keys.filter((key) => key in given).length === 1,
  message: `expected one of ${keys.join(', ')}`,
});

const byNameOrPattern = oneOf('named', 'matching');
const oneAction = oneOf('propagate', 'insert', 'remove');
const oneAnswerAction = oneOf('propagate', 'insert');
const oneValue = oneOf('value', 'expression');

const insertedKeys = (vocabulary: ReturnType<typeof fetchVocabulary>) => ({
  name,
  value: value.exactOptional(),
  expression: expression(vocabulary).exactOptional().describe('CEL: its value; without one there is no such header.'),
});

const propagate = z
  .strictObject({
    named: name.exactOptional(),
    matching: pattern.exactOptional(),
    rename: name.exactOptional().describe('Name under which it is sent.'),
    default: value.exactOptional().describe('Sent when the client sends none.'),
  })
  .refine(byNameOrPattern.check, byNameOrPattern.message)
  .refine((given) => given.matching === undefined || (given.rename === undefined && given.default === undefined), {
    message: 'rename and default go with named, not with matching',
  });

const remove = z
  .strictObject({ named: anyName.exactOptional(), matching: pattern.exactOptional() })
  .refine(byNameOrPattern.check, byNameOrPattern.message);

const requestRule = z
  .strictObject({
    when: expression(fetchVocabulary(''), BOOL)
      .exactOptional()
      .describe('CEL: applies to these fetches; to all when absent.'),
    propagate: propagate.exactOptional(),
    insert: z
      .strictObject(insertedKeys(fetchVocabulary('')))
      .refine(oneValue.check, oneValue.message)
      .exactOptional(),
    remove: remove.exactOptional(),
  })
  .refine(oneAction.check, oneAction.message);

const algorithm = z
  .enum(['append', 'first', 'last'])
  .prefault('last')
  .describe('Which value the client gets when several subgraphs answer.');

const responseRule = z
  .strictObject({
    when: expression(answerVocabulary(''), BOOL)
      .exactOptional()
      .describe('CEL: applies to these answers; to all when absent.'),
    propagate: z.strictObject({ named: name, algorithm }).exactOptional(),
    insert: z
      .strictObject({ ...insertedKeys(answerVocabulary('')), algorithm })
      .refine(oneValue.check, oneValue.message)
      .exactOptional(),
  })
  .refine(oneAnswerAction.check, oneAnswerAction.message);

const rules = z.strictObject({
  request: z.array(requestRule).max(200).prefault([]).describe('Client to subgraph, in order.'),
  response: z.array(responseRule).max(200).prefault([]).describe('Subgraph to client, in order.'),
});

export const headers = z
  .strictObject({
    all: rules.prefault({}),
    subgraphs: z.record(subgraphName, rules).prefault({}).describe('After the rules of all.'),
  })
  .prefault({})
  .describe('Which headers pass. None does without a rule.');

export type HeaderRules = z.output<typeof rules>;
export type RequestRule = z.output<typeof requestRule>;
export type ResponseRule = z.output<typeof responseRule>;
