import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Document, isMap, isScalar, isSeq, type Node, type Scalar } from 'yaml';
import type { Finding } from './problem';

/** A string of the file that was made, in whole or in part, from what is outside of it. */
export interface Expansion {
  readonly path: readonly string[];
  readonly value: string;
  readonly references: readonly Reference[];
}

interface Reference {
  /** Name of the variable, or path of the file. */
  readonly origin: string;
  readonly value: string;
}

export interface Expanded {
  readonly expansions: readonly Expansion[];
  readonly findings: readonly Finding[];
  /** Absolute paths of the files read, missing ones included. */
  readonly files: readonly string[];
}

/** Places where references look things up; `${file.path}` is relative to `folder`. */
export interface Surroundings {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

const FILE_BYTES_MAX = 1_048_576;
const REFERENCE = /\$(\$\{)|\$\{([^}]*)\}/g;
const ENVIRONMENT = /^env\.([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;

/**
 * Replaces `${env.NAME}`, `${env.NAME:-default}` and `${file.path}` in every string of the document, in place.
 * `$${` stands for a plain `${`.
 */
export function expandReferences(document: Document.Parsed, surroundings: Surroundings): Expanded {
  const expansions: Expansion[] = [];
  const findings: Finding[] = [];
  const files = new Set<string>();
  for (const { scalar, text, path } of strings(document.contents, [])) {
    const references: Reference[] = [];
    const value = text.replace(REFERENCE, (_, escaped: string | undefined, reference = '') => {
      if (escaped !== undefined) return escaped;
      const found = lookUp(reference, surroundings);
      if (found.origin !== undefined) references.push({ origin: found.origin, value: found.value ?? '' });
      if (found.file !== undefined) files.add(found.file);
      if (found.problem !== undefined) findings.push({ path, message: found.problem });
      return found.value ?? '';
    });
    scalar.value = value;
    if (references.length > 0) expansions.push({ path, value, references });
  }
  return { expansions, findings, files: [...files] };
}

/** Every string value that holds a reference. Aliases are left out: their anchor is visited. */
function* strings(
  node: Node | null,
  path: readonly string[],
): Generator<{ scalar: Scalar; text: string; path: readonly string[] }> {
  if (isScalar(node)) {
    if (typeof node.value === 'string' && node.value.includes('${')) yield { scalar: node, text: node.value, path };
  } else if (isSeq<Node>(node)) {
    for (const [index, item] of node.items.entries()) yield* strings(item, [...path, String(index)]);
  } else if (isMap<Node, Node | null>(node)) {
    for (const { key, value } of node.items) yield* strings(value, [...path, isScalar(key) ? String(key.value) : '']);
  }
}

interface Found {
  readonly value?: string;
  readonly origin?: string;
  readonly file?: string;
  readonly problem?: string;
}

function lookUp(reference: string, { folder, env }: Surroundings): Found {
  const variable = ENVIRONMENT.exec(reference);
  if (variable !== null) return lookUpVariable(variable[1] ?? '', variable[2], env);
  if (reference.startsWith('file.') && reference.length > 5) return lookUpFile(resolve(folder, reference.slice(5)));
  return { problem: `\${${reference}} is not known; write \${env.NAME}, \${env.NAME:-default} or \${file.path}` };
}

/** As in a shell, an empty variable takes the default too. */
function lookUpVariable(name: string, fallback: string | undefined, env: NodeJS.ProcessEnv): Found {
  const value = env[name];
  if (fallback !== undefined) return { value: value === undefined || value === '' ? fallback : value, origin: name };
  if (value !== undefined) return { value, origin: name };
  return { origin: name, problem: `environment variable ${name} is not set; set it or write \${env.${name}:-default}` };
}

/** Files end in a newline that nobody means to be part of a token. */
function lookUpFile(file: string): Found {
  try {
    const stat = statSync(file);
    if (!stat.isFile()) return { origin: file, problem: `${file} is not a file` };
    if (stat.size > FILE_BYTES_MAX) return { origin: file, file, problem: `file ${file} is larger than 1 MiB` };
    return { value: readFileSync(file, 'utf8').replace(/\r?\n$/, ''), origin: file, file };
  } catch (error) {
    return { origin: file, file, problem: `file ${file} cannot be read (${(error as NodeJS.ErrnoException).code})` };
  }
}
