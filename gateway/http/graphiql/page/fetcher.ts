import type { GraphiQLProps } from 'graphiql';
import { type QueryDetails, takeDetails } from './query-plan/details';
import { stacksLast } from './stacks-last';

type Fetcher = GraphiQLProps['fetcher'];

const INTROSPECTION = 'IntrospectionQuery';

/**
 * Posts operations to `endpoint`. What the gateway tells of its plan and calls goes to `show` and not into the
 * response pane.
 * @param show called with null when the answer carries no such details
 */
export function createFetcher(endpoint: string, show: (details: QueryDetails | null) => void): Fetcher {
  return async (operation, options) => {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        accept: 'application/graphql-response+json, application/json;q=0.9',
        'content-type': 'application/json',
        // Where the gateway explains on request.
        'apollo-expose-query-plan': 'true',
        ...options?.headers,
      },
      body: JSON.stringify(operation),
    });
    const { answer, details } = takeDetails(await readAnswer(response));
    if (operation.operationName !== INTROSPECTION) show(details);
    return stacksLast(answer);
  };
}

async function readAnswer(response: Response): Promise<Record<string, unknown>> {
  const text = await response.text();
  const answer = parseObject(text);
  if (answer !== null) return answer;
  throw new Error(
    `HTTP ${response.status} ${response.statusText}: the answer is not a JSON object: ${text.slice(0, 500)}`,
  );
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    // A parsed object has string keys; its values stay unknown.
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
