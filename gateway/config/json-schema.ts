import { z } from 'zod';
import { settingsSchema } from './settings';

/** The part of JSON Schema that is generated here. */
export interface JsonSchema {
  type?: string;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  pattern?: string;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  [keyword: string]: unknown;
}

/** Matches a value that the file takes from outside: an editor cannot know what it will be. */
const REFERENCE = '\\$\\{';

/** JSON Schema of headgate.yaml, draft 2020-12, generated from the schema that checks it. */
export function configJsonSchema(): JsonSchema {
  const generated = z.toJSONSchema(settingsSchema, {
    io: 'input',
    override: ({ jsonSchema }) => refine(jsonSchema as JsonSchema),
  });
  return { ...(generated as JsonSchema), title: 'headgate.yaml' };
}

function refine(schema: JsonSchema): void {
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (isEmpty(schema.default)) delete schema.default;
  allowReference(schema);
}

function isEmpty(value: unknown): boolean {
  return value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}

/** Wherever a form is asked for, `${env.NAME}` may stand instead. */
function allowReference(schema: JsonSchema): void {
  const { type } = schema;
  // A schema that wraps another one passes here once more.
  if (type === 'string' && typeof schema.pattern === 'string' && !schema.pattern.endsWith(REFERENCE)) {
    schema.pattern = `${schema.pattern}|${REFERENCE}`;
  }
  if (type === 'string' && schema.format === 'uri') delete schema.format;
  if ((type === 'number' || type === 'integer' || type === 'boolean') && !('const' in schema)) {
    const { description, default: fallback, ...form } = schema;
    for (const key of Object.keys(form)) delete schema[key];
    schema.anyOf = [form, { type: 'string', pattern: REFERENCE }];
  }
}

let generated: JsonSchema | undefined;

/** Names that the schema knows at a path; empty where any name goes. */
export function knownNames(path: readonly PropertyKey[]): string[] {
  generated ??= configJsonSchema();
  let schemas: JsonSchema[] = [generated];
  for (const step of path) schemas = schemas.flatMap((schema) => below(schema, step));
  return schemas
    .flatMap((schema) => [schema, ...(schema.anyOf ?? [])])
    .flatMap(({ properties }) => Object.keys(properties ?? {}));
}

function below(schema: JsonSchema, step: PropertyKey): JsonSchema[] {
  return [schema, ...(schema.anyOf ?? [])].flatMap(({ properties, additionalProperties, items }) => {
    if (typeof step === 'number') return items === undefined ? [] : [items];
    const property = Object.hasOwn(properties ?? {}, step) ? properties?.[String(step)] : additionalProperties;
    return typeof property === 'object' ? [property] : [];
  });
}
