import type { z } from 'zod';
import { crossFindings } from './cross-checks';
import type { Finding } from './problem';
import { schemaFindings } from './schema-findings';
import { type Settings, settingsSchema } from './settings';

export type Checked = { readonly settings: Settings } | { readonly findings: readonly Finding[] };

/** Knowledge of the caller beside the values. */
export interface CheckContext {
  /** Strings that came out of references: where a number or a switch is wanted, they are read as one. */
  readonly expanded: ReadonlySet<string>;
  /** What is wrong already. */
  readonly findings: readonly Finding[];
  /** Puts the command line's wishes over the file's. */
  readonly adjust: (settings: Settings) => Settings;
}

const ROUNDS_MAX = 5;

/**
 * Checks each value, then what values say of each other. Checks of the second kind need a whole configuration, so
 * what is wrong is left out and the rest is looked at again: one run reports everything.
 */
export function checkSettings(given: unknown, { expanded, findings: earlier, adjust }: CheckContext): Checked {
  const values = readExpanded(given, expanded);
  const findings = [...earlier];
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const result = settingsSchema.safeParse(without(values, findings), { reportInput: true });
    const settings = result.success ? adjust(result.data) : null;
    const seen = settings === null ? schemaFindings(result.error?.issues ?? []) : crossFindings(settings);
    const fresh = seen.filter((finding) => !findings.some((known) => overlap(known.path, finding.path)));
    findings.push(...fresh);
    if (settings !== null && findings.length === 0) return { settings };
    if (settings !== null || fresh.length === 0) return { findings };
  }
  return { findings };
}

/** A reference yields text; this gives it the type that the schema asks for. */
function readExpanded(given: unknown, expanded: ReadonlySet<string>): unknown {
  if (expanded.size === 0) return given;
  const result = settingsSchema.safeParse(given, { reportInput: true });
  if (result.success) return given;
  const values = structuredClone(given);
  for (const { path, issue } of leaves(result.error.issues, [])) {
    if (typeof issue.input !== 'string' || !expanded.has(issue.input)) continue;
    const value = asWanted(issue.input, issue);
    const parent = valueAt(values, path.slice(0, -1));
    const last = path.at(-1);
    if (value !== undefined && parent !== undefined && last !== undefined) parent[String(last)] = value;
  }
  return values;
}

function* leaves(
  issues: readonly z.core.$ZodIssue[],
  above: readonly PropertyKey[],
): Generator<{ path: readonly PropertyKey[]; issue: z.core.$ZodIssue }> {
  for (const issue of issues) {
    const path = [...above, ...issue.path];
    if (issue.code !== 'invalid_union') yield { path, issue };
    else for (const branch of issue.errors) yield* leaves(branch, path);
  }
}

function asWanted(text: string, issue: z.core.$ZodIssue): number | boolean | undefined {
  const wanted =
    issue.code === 'invalid_type' ? issue.expected : issue.code === 'invalid_value' ? typeof issue.values[0] : '';
  if (wanted === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  if ((wanted === 'number' || wanted === 'int') && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  return undefined;
}

/** A copy that lacks what was found wrong; of a list with a wrong entry, the whole list. */
function without(given: unknown, findings: readonly Finding[]): unknown {
  if (findings.length === 0) return given;
  const values = structuredClone(given);
  for (const { path } of findings) {
    const list = path.findIndex((_, index) => Array.isArray(valueAt(values, path.slice(0, index))));
    const end = list === -1 ? path.length : list;
    const parent = valueAt(values, path.slice(0, end - 1));
    if (parent !== undefined) delete parent[String(path[end - 1])];
  }
  return values;
}

function valueAt(values: unknown, path: readonly PropertyKey[]): Record<string, unknown> | undefined {
  let value = values;
  for (const step of path) value = isObject(value) && Object.hasOwn(value, step) ? value[String(step)] : undefined;
  return isObject(value) ? value : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** True when one path leads to the other. */
function overlap(a: readonly (string | number)[], b: readonly (string | number)[]): boolean {
  return a.slice(0, b.length).every((step, index) => String(step) === String(b[index]));
}
