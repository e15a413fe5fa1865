import { MappingSyntaxError } from '../mapping/cursor';
import type { Mapping } from '../mapping/mapping';
import { type ConnectVersion, DEFAULT_VERSION } from '../mapping/versions';
import { encodeLiteral } from './percent-encoding';
import { readTemplate } from './template';

/** A stretch of a URL: encoded text, or an expression whose value is encoded when it is known. */
export type UrlPart = string | UrlExpression;

interface UrlExpression {
  readonly mapping: Mapping;
  /** Where it begins in the template. */
  readonly offset: number;
}

export interface QueryPair {
  readonly name: readonly UrlPart[];
  /** Null when there is no `=`. */
  readonly value: readonly UrlPart[] | null;
}

/** A URL taken apart once, at load, so that nothing in a value can ever move a boundary. */
export interface UrlTemplate {
  /** `https://host:port`; null for a path. */
  readonly origin: string | null;
  readonly segments: readonly (readonly UrlPart[])[];
  readonly trailingSlash: boolean;
  readonly query: readonly QueryPair[];
}

const ORIGIN = /^([A-Za-z][A-Za-z0-9+.-]*):(?:\/\/([^/?#\s]*))?/;

/** @throws {MappingSyntaxError} the text is no URL that an adapter may use */
export function readUrlTemplate(text: string, version: ConnectVersion = DEFAULT_VERSION): UrlTemplate {
  // Line breaks only lay a long template out, and so do spaces beside them and around it; inside expressions they are the mapping's own.
  const parts = readTemplate(text.trimEnd(), version).map((part) =>
    part.kind === 'text' ? { ...part, text: inOneLine(part) } : part,
  );
  const [first, second] = parts;
  const lead = first?.kind === 'text' ? first.text : '';
  const [matched = '', scheme, authority] = ORIGIN.exec(lead) ?? [];
  const origin = scheme === undefined ? null : readOrigin(scheme, authority);
  if (origin !== null && matched.length === lead.length && second !== undefined) {
    throw new MappingSyntaxError('the host must be written out: no expression may stand in it', second.offset);
  }
  const builder = new UrlTemplateBuilder();
  for (const part of parts) {
    if (part.kind === 'expression') builder.expression(part);
    else builder.literal(part === first ? part.text.slice(matched.length) : part.text, part.offset);
  }
  return { origin, ...builder.finish() };
}

function inOneLine({ text, offset }: { readonly text: string; readonly offset: number }): string {
  const lines = text.replace(/[^\S\r\n]*[\r\n]\s*/g, '');
  return offset === 0 ? lines.trimStart() : lines;
}

function readOrigin(scheme: string, authority: string | undefined): string {
  if (!/^https?$/i.test(scheme)) throw new MappingSyntaxError(`\`${scheme}:\` is not supported: use http or https`, 0);
  if (authority === undefined || authority === '') throw new MappingSyntaxError('the URL names no host', 0);
  if (authority.includes('@'))
    throw new MappingSyntaxError('user and password do not belong into a URL: use a header', 0);
  const text = `${scheme}://${authority}`;
  if (!URL.canParse(text)) throw new MappingSyntaxError(`\`${authority}\` is no host`, 0);
  return new URL(text).origin;
}

class UrlTemplateBuilder {
  readonly #segments: UrlPart[][] = [[]];
  readonly #query: { name: UrlPart[]; value: UrlPart[] | null }[] = [];
  #inQuery = false;

  expression({ mapping, offset }: UrlExpression): void {
    this.#target().push({ mapping, offset });
  }

  literal(text: string, offset: number): void {
    for (const token of text.match(/[/?&=#]|[^/?&=#]+/g) ?? []) {
      if (token === '#') throw new MappingSyntaxError('a URL of a request has no `#fragment`', offset);
      if (this.#inQuery) this.#queryToken(token);
      else if (token === '/') this.#segments.push([]);
      else if (token === '?') this.#startQuery();
      else this.#target().push(encodeLiteral(token));
    }
  }

  finish(): Omit<UrlTemplate, 'origin'> {
    const filled = this.#segments.filter((segment) => segment.length > 0);
    for (const segment of filled) {
      if (segment.every((part) => typeof part === 'string') && /^\.\.?$/.test(segment.join(''))) {
        throw new MappingSyntaxError('`.` and `..` cannot stand in a path', 0);
      }
    }
    return {
      segments: filled,
      trailingSlash: filled.length > 0 && this.#segments.at(-1)?.length === 0,
      query: this.#query.filter(({ name, value }) => name.length > 0 || value !== null),
    };
  }

  #startQuery(): void {
    this.#inQuery = true;
    this.#query.push({ name: [], value: null });
  }

  #queryToken(token: string): void {
    const pair = this.#query.at(-1);
    if (token === '&') this.#query.push({ name: [], value: null });
    else if (token === '=' && pair !== undefined && pair.value === null) pair.value = [];
    else this.#target().push(encodeLiteral(token));
  }

  #target(): UrlPart[] {
    const pair = this.#query.at(-1);
    if (this.#inQuery && pair !== undefined) return pair.value ?? pair.name;
    const segment = this.#segments.at(-1);
    if (segment === undefined) throw new Error('a URL template has at least one segment');
    return segment;
  }
}
