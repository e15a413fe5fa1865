import type { Answer } from './route';

type Headers = NonNullable<Answer['headers']>;

/** Headers that say as well that the answer depends on these headers of the request. */
export function withVary(headers: Headers | undefined, names: string): Headers {
  const vary = headers?.vary;
  const given = typeof vary === 'object' ? vary.join(', ') : vary;
  return { ...headers, vary: given === undefined ? names : `${given}, ${names}` };
}
