import { z } from 'zod';
import { configError, type Finding } from '../config/problem';
import { schemaFindings } from '../config/schema-findings';
import { parseYaml, plainValues, type YamlSource } from '../config/yaml-source';

const name = z.string().regex(/^(?!__)[A-Za-z_][A-Za-z0-9_]*$/, 'is no name that GraphQL can have');

const operation = z.strictObject({
  name: name.exactOptional(),
  leave_out: z.boolean().exactOptional(),
  root: z.enum(['query', 'mutation']).exactOptional(),
});

const type = z.strictObject({
  name: name.exactOptional(),
  key: z.string().exactOptional(),
  /** False: it is no entity. */
  entity: z.literal(false).exactOptional(),
  /** The operation that finds one by its key. */
  lookup: z.string().exactOptional(),
  batch: z
    .union([
      z.literal(false),
      z.strictObject({
        operation: z.string(),
        argument: z.string().exactOptional(),
        max_size: z.int().min(1).max(100_000).exactOptional(),
      }),
    ])
    .exactOptional(),
});

const field = z.strictObject({
  name: name.exactOptional(),
  leave_out: z.boolean().exactOptional(),
  type: z.enum(['JSON', 'ID', 'String', 'Int', 'Float', 'Boolean', 'BigInt']).exactOptional(),
});

const fileShape = z.strictObject({
  source: z
    .strictObject({
      name: z
        .string()
        .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'takes letters, digits, `_` and `-`')
        .exactOptional(),
      base_url: z.url({ protocol: /^https?$/ }).exactOptional(),
    })
    .exactOptional(),
  operations: z.record(z.string(), operation).exactOptional(),
  types: z.record(z.string(), type).exactOptional(),
  fields: z.record(z.string(), field).exactOptional(),
});

type Written = z.output<typeof fileShape>;
export type OperationOverride = z.output<typeof operation>;
export type TypeOverride = z.output<typeof type>;
type FieldOverride = z.output<typeof field>;

/** What people decided about a draft, kept beside it: it holds whenever the document is imported again. */
export class Overrides {
  readonly source: NonNullable<Written['source']>;
  readonly #path: string;
  readonly #yaml: YamlSource | null;
  readonly #written: Written;
  readonly #used = new Set<string>();

  private constructor(path: string, yaml: YamlSource | null, written: Written) {
    this.#path = path;
    this.#yaml = yaml;
    this.#written = written;
    this.source = written.source ?? {};
  }

  static readonly none = (): Overrides => new Overrides('', null, {});

  /** @throws {HeadgateError} CONFIG_INVALID with line and column */
  static read(path: string, text: string): Overrides {
    const yaml = parseYaml(text);
    if (yaml.problems.length > 0) throw configError(path, yaml.problems);
    const plain = plainValues(yaml.document);
    if ('finding' in plain) throw configError(path, [yaml.locate(plain.finding)]);
    const read = fileShape.safeParse(plain.value, { reportInput: true });
    if (read.success) return new Overrides(path, yaml, read.data);
    throw configError(path, read.error.issues.flatMap(findingsOf).map(yaml.locate));
  }

  operation({
    operationId,
    place,
  }: {
    readonly operationId: string | null;
    readonly place: string;
  }): OperationOverride {
    const found = this.#find('operations', operationId) ?? this.#find('operations', place) ?? {};
    return found as OperationOverride; // as: of that section
  }

  type(draftName: string): TypeOverride {
    return (this.#find('types', draftName) ?? {}) as TypeOverride; // as: of that section
  }

  /** @param wire the name that the service has for it */
  field(draftType: string, wire: string): FieldOverride & { readonly leaveOut: boolean } {
    const found = (this.#find('fields', `${draftType}.${wire}`) ?? {}) as FieldOverride; // as: of that section
    return { ...found, leaveOut: found.leave_out === true };
  }

  /** @throws {HeadgateError} CONFIG_INVALID: an entry is about nothing of the document */
  refuseUnused(): void {
    const unused = (['operations', 'types', 'fields'] as const).flatMap((section) =>
      Object.keys(this.#written[section] ?? {})
        .filter((key) => !this.#used.has(`${section} ${key}`))
        .map((key): Finding => ({ path: [section, key], message: 'the draft has nothing of this name', atKey: true })),
    );
    const yaml = this.#yaml;
    if (unused.length > 0 && yaml !== null) throw configError(this.#path, unused.map(yaml.locate));
  }

  #find(section: 'operations' | 'types' | 'fields', key: string | null): unknown {
    const entries = this.#written[section];
    if (key === null || entries === undefined || !Object.hasOwn(entries, key)) return undefined;
    this.#used.add(`${section} ${key}`);
    return entries[key];
  }
}

function findingsOf(issue: z.core.$ZodIssue): Finding[] {
  if (issue.code !== 'unrecognized_keys') return schemaFindings([issue]);
  const path = issue.path as (string | number)[]; // as: a parsed YAML value has no symbols
  return issue.keys.map((key) => ({ path: [...path, key], message: 'unknown key', atKey: true }));
}
