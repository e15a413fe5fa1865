import { HeadgateError } from '../../errors';
import { then } from '../../layers';
import type { Exchange } from '../exchange';
import type { HttpLayer } from '../http-step';
import type { Answer } from '../route';
import { withVary } from '../vary';
import type { CorsPolicies, OriginRules } from './cors-policies';

/** Names of headers with commas, as a browser asks for them. */
const NAMES = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:[ \t]*,[ \t]*[!#$%&'*+.^_`|~0-9A-Za-z-]+)*$/;
const PREFLIGHT_VARY = 'origin, access-control-request-method, access-control-request-headers';

/**
 * Tells browsers what pages of other origins may do (the CORS protocol of https://fetch.spec.whatwg.org). What a browser asks
 * beforehand is answered here: it has no credentials, and counts in no limit. Answers to others say that they depend on the
 * origin, too: caches keep them apart.
 */
export function cors(policies: CorsPolicies): HttpLayer {
  return {
    name: 'CORS',
    wrap: (next) => (exchange) => {
      const { origin, 'access-control-request-method': asked } = exchange.headers;
      const rules = origin === undefined ? null : policies.rulesOf(origin);
      if (exchange.method === 'OPTIONS' && origin !== undefined && asked !== undefined) {
        if (rules === null) throw refusal(origin);
        return preflightAnswer(origin, rules, exchange);
      }
      return then(next(exchange, undefined), (answer) => withRules(answer, origin, rules));
    },
  };
}

function refusal(origin: string): HeadgateError {
  return new HeadgateError(
    'FORBIDDEN',
    `pages of the origin ${JSON.stringify(origin)} may not ask here: no policy of cors names it`,
    {
      headers: { vary: PREFLIGHT_VARY },
    },
  );
}

function preflightAnswer(origin: string, rules: OriginRules, { headers }: Exchange): Answer {
  const { allowHeaders, methods, maxAgeMs } = rules;
  const asked = headers['access-control-request-headers'];
  const names =
    allowHeaders.length > 0 ? allowHeaders.join(', ') : typeof asked === 'string' && NAMES.test(asked) ? asked : '';
  return {
    status: 204,
    headers: {
      ...whoMayRead(origin, rules),
      ...(methods.length > 0 && { 'access-control-allow-methods': methods.join(', ') }),
      ...(names !== '' && { 'access-control-allow-headers': names }),
      ...(maxAgeMs !== null && { 'access-control-max-age': String(Math.floor(maxAgeMs / 1_000)) }),
      vary: PREFLIGHT_VARY,
    },
  };
}

/** Credentials never go with `*`. */
function whoMayRead(origin: string, { isNamed, allowCredentials }: OriginRules): Record<string, string> {
  if (!isNamed) return { 'access-control-allow-origin': '*' };
  return {
    'access-control-allow-origin': origin,
    ...(allowCredentials && { 'access-control-allow-credentials': 'true' }),
  };
}

function withRules(answer: Answer, origin: string | undefined, rules: OriginRules | null): Answer {
  const headers = withVary(answer.headers, 'origin');
  if (origin === undefined || rules === null) return { ...answer, headers };
  const exposed = rules.exposeHeaders.length > 0 && { 'access-control-expose-headers': rules.exposeHeaders.join(', ') };
  return { ...answer, headers: { ...headers, ...whoMayRead(origin, rules), ...exposed } };
}
