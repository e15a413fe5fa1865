import type { z } from 'zod';
import { nearestName } from '../nearest-name';
import { knownNames } from './json-schema';
import type { Finding } from './problem';

type Issue = z.core.$ZodIssue;

/** Translates complaints of the schema into words of the file: one finding for each wrong value and each unknown key. */
export function schemaFindings(issues: readonly Issue[]): Finding[] {
  return issues.flatMap((issue) => findingsOf(issue, []));
}

function findingsOf(issue: Issue, above: readonly PropertyKey[]): Finding[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key));
  if (issue.code === 'invalid_union') return unionFindings(issue, path);
  if (issue.code === 'invalid_key') return [finding(path, `name not allowed: ${issue.issues[0]?.message}`, true)];
  return [finding(path, messageOf(issue))];
}

function unknownKey(path: readonly PropertyKey[], key: string): Finding {
  const known = knownNames(path);
  const nearest = nearestName(key, known);
  const remedy = nearest === undefined ? `known here: ${known.join(', ')}` : `did you mean ${nearest}?`;
  return { ...finding([...path, key], `unknown key; ${remedy}`, true), ...(nearest === undefined ? {} : { nearest }) };
}

/** Speaks of the branch that got furthest; when all refuse the value as a whole, of the union. */
function unionFindings(issue: z.core.$ZodIssueInvalidUnion, path: readonly PropertyKey[]): Finding[] {
  const inside = issue.errors.filter((branch) => !branch.some(refusesWhole));
  const [closest] = inside.sort((a, b) => a.length - b.length);
  if (closest === undefined) return [finding(path, `${issue.message}, found ${show(issue.input)}`)];
  return closest.flatMap((inner) => findingsOf(inner, path));
}

function refusesWhole({ path, code }: Issue): boolean {
  return path.length === 0 && (code === 'invalid_type' || code === 'invalid_value');
}

function messageOf(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(issue);
    case 'invalid_value':
      return wrongValue(issue);
    case 'too_small':
      return `must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${unitOf(issue.origin)}`;
    case 'too_big':
      return `must be ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}${unitOf(issue.origin)}`;
    default:
      return issue.message;
  }
}

/** A message of ours stands; zod's own is put in the file's words. */
function wrongType(issue: z.core.$ZodIssueInvalidType): string {
  if (!issue.message.startsWith('Invalid input')) return issue.message;
  if (issue.input === undefined) return 'is missing';
  if (issue.input === null) return `expected ${nameOf(issue.expected)}, found nothing`;
  return `expected ${nameOf(issue.expected)}, found ${show(issue.input)}`;
}

function wrongValue(issue: z.core.$ZodIssueInvalidValue): string {
  const nearest = nearestName(String(issue.input), issue.values.map(String));
  const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  const expected =
    issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.map(String).join(', ')}`;
  return `expected ${expected}, found ${show(issue.input)}${hint}`;
}

function nameOf(expected: string): string {
  const names: Record<string, string> = {
    object: 'keys and values',
    record: 'keys and values',
    array: 'a list',
    int: 'a whole number',
    number: 'a number',
    string: 'text',
    boolean: 'true or false',
  };
  return names[expected] ?? expected;
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters long';
  return origin === 'array' ? ' entries long' : '';
}

function show(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'keys and values';
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function finding(path: readonly PropertyKey[], message: string, atKey = false): Finding {
  // Zod's paths hold keys of objects and indexes of lists; a parsed YAML value has no symbols.
  return { path: path as (string | number)[], message, atKey };
}
