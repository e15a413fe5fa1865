import { z } from 'zod';

/** An `http:` or `https:` address without credentials and fragment. @param query whether it may have a query */
export function httpUrl({ query = false }: { query?: boolean } = {}) {
  return z
    .string()
    .max(2048)
    .superRefine((value, context) => {
      const message = problemOf(value, query);
      if (message !== null) context.addIssue({ code: 'custom', message });
    })
    .meta({ format: 'uri' });
}

/** Never quotes the credentials. */
function problemOf(value: string, query: boolean): string | null {
  if (!URL.canParse(value))
    return `expected a URL such as http://127.0.0.1:4001/graphql, found ${JSON.stringify(value)}`;
  const url = new URL(value);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return `expected an http or https URL, found ${url.protocol}`;
  if (url.username !== '' || url.password !== '') return 'a URL holds no credentials; send them with a header rule';
  if (query) return url.hash === '' ? null : 'a URL to ask has no fragment';
  if (url.search !== '' || url.hash !== '') return 'a URL of an instance has neither query nor fragment';
  return null;
}
