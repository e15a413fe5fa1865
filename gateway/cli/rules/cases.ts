import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { configError } from '../../config/problem';
import { schemaFindings } from '../../config/schema-findings';
import { parseYaml, plainValues } from '../../config/yaml-source';
import { usageError } from '../output';

const texts = z.record(z.string(), z.string());

const requestShape = z.strictObject({
  method: z.string().exactOptional(),
  path: z.string().startsWith('/', 'expected a path, e.g. /graphql').exactOptional(),
  headers: texts.exactOptional(),
  peer: z.string().exactOptional(),
  claims: z.record(z.string(), z.unknown()).exactOptional(),
  scopes: z.array(z.string()).exactOptional(),
  auth_type: z.enum(['jwt', 'introspection', 'api_key', 'mtls']).exactOptional(),
});

const expectShape = z
  .strictObject({
    rule: z.string().nullable().exactOptional(),
    tags: texts.nullable().exactOptional(),
    mirror: z.string().nullable().exactOptional(),
    headers: z.record(z.string(), z.string().nullable()).exactOptional(),
    rate_limits: z.array(z.string()).exactOptional(),
    policies: z.record(z.string(), z.boolean()).exactOptional(),
  })
  .refine(
    (given) => Object.keys(given).length > 0,
    'expects nothing: give rule, tags, mirror, headers, rate_limits or policies',
  );

const caseShape = z
  .strictObject({
    name: z.string().min(1),
    request: requestShape.prefault({}),
    operation: z
      .strictObject({ name: z.string().exactOptional(), type: z.enum(['query', 'mutation']).exactOptional() })
      .prefault({}),
    subgraph: z.string().min(1).exactOptional(),
    /** What rules by chance draw; nearly a hundred when absent, so that they do not take the request. */
    draw: z.number().min(0).lt(100).prefault(99.999),
    expect: expectShape,
  })
  .refine(({ subgraph, expect }) => subgraph !== undefined || Object.keys(expect).every(isOfCall), {
    message: 'name the subgraph that rule, tags, mirror and headers are about',
    path: ['subgraph'],
  });

const fileShape = z.strictObject({
  config: z.string().min(1).exactOptional(),
  cases: z.array(caseShape).min(1).max(10_000),
});

function isOfCall(key: string): boolean {
  return key === 'rate_limits' || key === 'policies';
}

export type RuleCase = z.output<typeof caseShape>;
type CaseFile = z.output<typeof fileShape>;

/** Reads a file of cases. @throws {HeadgateError} USAGE, CONFIG_INVALID with every problem and its line */
export async function readCases(path: string): Promise<CaseFile> {
  const source = parseYaml(await readText(path));
  if (source.problems.length > 0) throw configError(path, source.problems);
  const plain = plainValues(source.document);
  if ('finding' in plain) throw configError(path, [source.locate(plain.finding)]);
  const read = fileShape.safeParse(plain.value, { reportInput: true });
  if (read.success) return read.data;
  throw configError(path, read.error.issues.flatMap((issue) => problemsOf(issue)).map(source.locate));
}

function problemsOf(issue: z.core.$ZodIssue): ReturnType<typeof schemaFindings> {
  if (issue.code !== 'unrecognized_keys') return schemaFindings([issue]);
  const path = issue.path as (string | number)[]; // as: a parsed YAML value has no symbols
  return issue.keys.map((key) => ({ path: [...path, key], message: 'unknown key', atKey: true }));
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw usageError(`cannot read ${path}: ${(error as NodeJS.ErrnoException).code}`);
  }
}
