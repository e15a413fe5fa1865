import { createHash } from 'node:crypto';
import { parseOrNone } from '../json/parse';
import type { AuditEntry } from './entry';

/** The place of a line in the chain. */
export interface Link {
  /** From 1, without gaps. */
  readonly seq: number;
  /** SHA-256 in hex, over all of the line but itself; the hash of the line before is part of that. */
  readonly hash: string;
}

/** A line of the log. */
export interface AuditLine extends Link, AuditEntry {
  /** ISO 8601, UTC, in milliseconds. */
  readonly time: string;
  /** `hash` of the line before. */
  readonly prev: string;
}

/** What the first line of all follows. */
export const BEGINNING: Link = { seq: 0, hash: '0'.repeat(64) };

/** JSON with the keys of each object in order of their code units and no spaces, as RFC 8785 has it. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

function hashOf(line: Readonly<Record<string, unknown>>): string {
  return createHash('sha256').update(canonicalJson(line)).digest('hex');
}

/** The line that an entry becomes behind another one, with its newline. */
export function encodeLine(
  entry: AuditEntry,
  time: string,
  last: Link,
): { readonly text: string; readonly link: Link } {
  // Once through JSON: what is hashed is what somebody reads.
  const plain = JSON.parse(JSON.stringify(entry)) as AuditEntry; // as: entries are JSON
  const line = { seq: last.seq + 1, time, ...plain, prev: last.hash };
  const hash = hashOf(line);
  return { text: `${JSON.stringify({ ...line, hash })}\n`, link: { seq: line.seq, hash } };
}

/**
 * A line that was written like this, or null: its hash is right, and so is its form.
 * @param text without its newline
 */
export function decodeLine(text: string): AuditLine | null {
  const line = parseOrNone(text);
  if (typeof line !== 'object' || line === null || JSON.stringify(line) !== text) return null;
  const { hash, ...others } = line as Partial<AuditLine>; // as: looked at here
  if (typeof others.seq !== 'number' || typeof others.prev !== 'string' || typeof hash !== 'string') return null;
  return hashOf(others) === hash ? (line as AuditLine) : null; // as: the hash is one of ours
}
