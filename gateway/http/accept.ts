import { rememberHeader } from './known-headers';

/** How a GraphQL answer is labelled; https://graphql.github.io/graphql-over-http/draft/#sec-Media-Types */
export interface AnswerType {
  readonly mediaType: 'application/graphql-response+json' | 'application/json';
  /** True when the client named `application/json` itself: such clients expect 200 for failed operations. */
  readonly legacy: boolean;
}

interface Range {
  readonly type: string;
  readonly quality: number;
  readonly position: number;
}

const GRAPHQL = 'application/graphql-response+json';
const JSON_TYPE = 'application/json';
const WILDCARDS = ['application/*', '*/*'];

function parseRange(part: string, position: number): Range {
  const [type = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
  const given = parameters.find((parameter) => parameter.startsWith('q='));
  const quality = given === undefined ? 1 : Number(given.slice(2));
  return { type, quality: quality >= 0 && quality <= 1 ? quality : 0, position };
}

const ANY: AnswerType = { mediaType: JSON_TYPE, legacy: false };
const choose = rememberHeader('accept headers', (accept): AnswerType | null => {
  const ranges = accept.split(',').map(parseRange);
  const named = ranges.filter(({ type }) => type === GRAPHQL || type === JSON_TYPE);
  const wildcard = ranges.find(({ type }) => WILDCARDS.includes(type));
  const best = named
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality || a.position - b.position)[0];
  if (best !== undefined && best.quality >= (wildcard?.quality ?? 0)) {
    return best.type === GRAPHQL ? { mediaType: GRAPHQL, legacy: false } : { mediaType: JSON_TYPE, legacy: true };
  }
  if (wildcard === undefined || wildcard.quality === 0) return null;
  const refused = new Set(named.filter(({ quality }) => quality === 0).map(({ type }) => type));
  if (!refused.has(JSON_TYPE)) return ANY;
  return refused.has(GRAPHQL) ? null : { mediaType: GRAPHQL, legacy: false };
});

/**
 * Chooses between the two media types of GraphQL over HTTP.
 * @returns null when the client accepts neither
 */
export function chooseAnswerType(accept: string | undefined): AnswerType | null {
  return accept === undefined || accept.trim() === '' ? ANY : choose(accept);
}
