import type { PoolAnswer } from '../../pool/pool';
import { type Explanation, type MappingProblem, problemsOf } from '../../rest-tests/explain';
import type { Given, Outcome } from '../../rest-tests/rehearsal';
import { Redaction } from '../../transport/redaction';
import { isJsonObject } from '../../transport/rest/json';

/** What one run of a connector came to, without secrets. */
export interface RunReport {
  readonly coordinate: string;
  readonly request: Outcome['request'];
  readonly answer: {
    readonly status: number;
    readonly instance: string | null;
    readonly durationMs: number;
    readonly headers: PoolAnswer['headers'];
    readonly body: string;
  } | null;
  readonly mappings: readonly Explanation[];
  readonly value: Outcome['value'];
  readonly error: { readonly message: string; readonly extensions: Readonly<Record<string, unknown>> } | null;
  readonly problems: readonly MappingProblem[];
}

export function reportOf(
  coordinate: string,
  outcome: Outcome,
  durationMs: number,
  mappings: RunReport['mappings'],
): RunReport {
  const { request, answer, value, error } = outcome;
  return {
    coordinate,
    request,
    answer: answer === null ? null : { ...partsOf(answer), durationMs: Math.round(durationMs) },
    mappings,
    value,
    error: error === null ? null : { message: error.message, extensions: error.extensions },
    problems: problemsOf(mappings),
  };
}

function partsOf({ status, instance, headers, body }: PoolAnswer) {
  return { status, instance, headers, body: body.toString() };
}

/** Names of headers whose values are nobody's business. */
const SECRET_HEADER = /auth|cookie|token|secret|key|session|signature|password/i;

/** Takes out what is secret: the environment, hidden configuration, and headers that identify somebody. */
export function cleanerFor(
  { request }: Outcome,
  { env, config, headers }: Given,
  shown: Readonly<Record<string, unknown>> = {},
) {
  const hidden = Object.entries(config).filter(([name, value]) => typeof value === 'string' && shown[name] !== value);
  const all = [...Object.entries(headers), ...Object.entries(request?.headers ?? {})];
  const secret = all.filter(([name]) => SECRET_HEADER.test(name));
  const texts = [
    ...Object.values(env),
    ...hidden.map(([, value]) => String(value)),
    ...secret.map(([, value]) => value),
  ];
  const options = { headers: true, variables: false, messages: false, matching: [], tags: [] };
  const redaction = new Redaction(options, [], new Map());
  // As headers each is taken out whole, and so is a token behind its scheme.
  const values = Object.fromEntries(texts.map((text, index) => [`secret-${index}`, text]));
  return redaction.cleaner({ headers: values, variables: {}, exchanged: null });
}

export function cleanedReport(report: RunReport, clean: (text: string) => string): RunReport {
  const walk = (value: unknown, name: string): unknown => {
    if (typeof value === 'string') return SECRET_HEADER.test(name) && name.includes('-') ? '[redacted]' : clean(value);
    if (Array.isArray(value)) return value.map((item) => walk(item, name));
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner, key)]));
  };
  return walk(report, '') as RunReport; // as: only texts are other ones
}
