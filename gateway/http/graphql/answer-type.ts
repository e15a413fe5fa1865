import { rememberHeader } from '../known-headers';
import { qualityValues } from '../quality-values';

/** Label of a GraphQL answer; https://graphql.github.io/graphql-over-http/draft/#sec-Media-Types */
export interface AnswerType {
  readonly mediaType: 'application/graphql-response+json' | 'application/json';
  /** True when the client named `application/json` itself: such clients expect 200 for failed operations. */
  readonly legacy: boolean;
}

const GRAPHQL = 'application/graphql-response+json';
const JSON_TYPE = 'application/json';

const ANY: AnswerType = { mediaType: JSON_TYPE, legacy: false };
const choose = rememberHeader('accept headers', (accept): AnswerType | null => {
  const qualities = qualityValues(accept);
  const wildcard = qualities.get('application/*') ?? qualities.get('*/*') ?? 0;
  // Of equal ones the first.
  const [best] = [...qualities]
    .filter(([type, quality]) => (type === GRAPHQL || type === JSON_TYPE) && quality > 0)
    .sort(([, a], [, b]) => b - a);
  if (best !== undefined && best[1] >= wildcard)
    return best[0] === GRAPHQL ? { mediaType: GRAPHQL, legacy: false } : { mediaType: JSON_TYPE, legacy: true };
  if (wildcard === 0) return null;
  if (qualities.get(JSON_TYPE) !== 0) return ANY;
  return qualities.get(GRAPHQL) === 0 ? null : { mediaType: GRAPHQL, legacy: false };
});

/**
 * Chooses between the two media types of GraphQL over HTTP.
 * @returns null when the client accepts neither
 */
export function chooseAnswerType(accept: string | undefined): AnswerType | null {
  return accept === undefined || accept.trim() === '' ? ANY : choose(accept);
}
