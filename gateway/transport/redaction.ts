import type { IncomingHttpHeaders } from 'node:http';
import { RE2JS } from 're2js';
import { ExactNumber } from '../json/exact-number';
import { type Exchanged, taggedValues } from './tagged-values';

/** What the log does not get of what a subgraph says. */
export interface RedactOptions {
  /** Values of headers that it may have been sent. */
  readonly headers: boolean;
  /** Values of the variables of the operation. */
  readonly variables: boolean;
  /** All of it: the code stays. */
  readonly messages: boolean;
  /** RE2 patterns. */
  readonly matching: readonly string[];
  /** Names of `@tag`: values of what has one of them. */
  readonly tags: readonly string[];
}

/** An error mask as it is used. */
export interface MaskedErrors {
  /** Names of the extensions that clients see. */
  readonly allowExtensions: readonly string[];
  /** Absent: the log gets texts as they are. */
  readonly redaction?: Redaction;
}

/** What a fetch had to send. */
export interface Sent {
  readonly headers: Readonly<IncomingHttpHeaders>;
  readonly variables: Readonly<Record<string, unknown>>;
  /** The fetch itself; null: nobody knows. */
  readonly exchanged: Exchanged | null;
}

const REDACTED = '[redacted]';
/** Shorter ones are in any text. */
const VALUE_MIN = 4;
/** Of a part of a header, such as a token behind its scheme or a cookie. */
const PART_MIN = 8;
/** Values looked for in one text. */
const VALUES_MAX = 2_000;
/** Of what is tagged. A shorter one would be found in any text. */
const TAGGED_MIN = 2;

/** Takes out of texts for the log what a subgraph may have been sent, and says again. */
export class Redaction {
  readonly #options: RedactOptions;
  readonly #own: readonly string[];
  readonly #patterns: readonly RE2JS[];
  readonly #tagged: ReadonlySet<string>;
  readonly #shown: (headers: Sent['headers']) => readonly (string | null)[];
  /** Tags of the options that nothing of the supergraph has. */
  readonly missingTags: readonly string[];

  /**
   * @param own values of the configuration that are sent to the subgraph
   * @param tags of the supergraph: names of fields, arguments and input fields
   * @param shown tokens of our own that it is shown for a client
   */
  constructor(
    options: RedactOptions,
    own: readonly string[],
    tags: ReadonlyMap<string, ReadonlySet<string>>,
    shown: (headers: Sent['headers']) => readonly (string | null)[] = () => [],
  ) {
    this.#shown = shown;
    this.#options = options;
    this.#tagged = new Set(options.tags.flatMap((tag) => [...(tags.get(tag) ?? [])]));
    this.missingTags = options.tags.filter((tag) => !tags.has(tag));
    this.#own = own.filter((value) => value.length >= PART_MIN);
    this.#patterns = options.matching.map((pattern) => RE2JS.compile(pattern));
  }

  /** What cleans texts about one execution; made when there is one to clean. */
  cleaner({ headers, variables, exchanged }: Sent): (text: string) => string {
    const { headers: ofHeaders, variables: ofVariables, messages } = this.#options;
    if (messages) return () => REDACTED;
    const values = new Set<string>();
    if (ofHeaders) {
      for (const value of this.#own) values.add(value);
      for (const value of headerValues(headers)) values.add(value);
      for (const value of this.#shown(headers)) if (value !== null) values.add(value);
    }
    if (ofVariables) addLeaves(variables, values);
    if (this.#tagged.size > 0 && exchanged !== null && !addTagged(this.#tagged, exchanged, values))
      return () => REDACTED;
    // The longest first: a value may be a part of another one.
    const sorted = [...values].flatMap(forms).sort((a, b) => b.length - a.length);
    return (text) => {
      const cleaned = sorted.reduce(withoutValue, text);
      return this.#patterns.reduce((left, pattern) => pattern.matcher(left).replaceAll(REDACTED), cleaned);
    };
  }
}

/** As a pattern may be written; a text about what is wrong with it. */
export function wrongPattern(text: string): string | null {
  try {
    return RE2JS.compile(text).matches('') ? 'the pattern fits the empty text, which is everywhere' : null;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `the pattern is wrong: ${reason.replace(/^error parsing regexp: /, '')}`;
  }
}

function* headerValues(headers: Sent['headers']): Generator<string> {
  for (const header of Object.values(headers)) {
    for (const value of typeof header === 'string' ? [header] : (header ?? [])) {
      if (value.length >= VALUE_MIN) yield value;
      for (const part of value.split(/[\s,;=:"]+/)) if (part.length >= PART_MIN) yield part;
    }
  }
}

function addLeaves(value: unknown, into: Set<string>): void {
  if (into.size >= VALUES_MAX) return;
  if (typeof value === 'object' && value !== null && !(value instanceof ExactNumber)) {
    for (const below of Object.values(value)) addLeaves(below, into);
  } else if (value !== null && value !== undefined && typeof value !== 'boolean') {
    const text = String(value);
    if (text.length >= VALUE_MIN) into.add(text);
  }
}

/** @returns false when there are too many to look for */
function addTagged(names: ReadonlySet<string>, exchanged: Exchanged, into: Set<string>): boolean {
  for (const value of taggedValues(names, exchanged)) {
    if (typeof value === 'boolean' || value === null || value === undefined) continue;
    const text = String(value);
    if (text.length >= TAGGED_MIN) into.add(text);
    if (into.size > VALUES_MAX) return false;
  }
  return true;
}

/** As it is, as it stands in JSON, and as it stands in a URL. */
function forms(value: string): readonly string[] {
  const inJson = JSON.stringify(value).slice(1, -1);
  // By way of bytes: half a surrogate pair has no such form.
  const inUrl = encodeURIComponent(Buffer.from(value).toString());
  return [...new Set([value, inJson, inUrl])];
}

/** Also where the text is cut off within the value. */
function withoutValue(text: string, value: string): string {
  const left = text.replaceAll(value, REDACTED);
  const start = value.slice(0, VALUE_MIN);
  let at = left.indexOf(start, Math.max(0, left.length - value.length));
  while (at !== -1) {
    if (value.startsWith(left.slice(at))) return `${left.slice(0, at)}${REDACTED}`;
    at = left.indexOf(start, at + 1);
  }
  return left;
}
