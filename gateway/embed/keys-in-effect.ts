import type { Problem } from '../config/problem';

/** Keys of a configuration, and all below them, that an embedded gateway acts upon. */
const IN_EFFECT: readonly string[] = [
  'authorization',
  'demand_control',
  'discovery',
  'error_masking',
  'headers',
  'introspection',
  'limits',
  'memory',
  'planning',
  'query_plan',
  'rate_limit',
  'routing',
  'subgraphs',
  'telemetry.logs.redact',
  'traffic_shaping',
];

/** What is not in effect, and what is to be done about it: of these and of what is below them. */
const REMEDIES: Readonly<Record<string, string>> = {
  admin: 'there is no port for operators here; leave it out',
  apollo: 'the plugins of Apollo Server are those of your own; give them to it',
  audit: 'there is no port for operators here, and nothing to audit; leave it out',
  authentication: 'have a plugin put IDENTITY (docs/authorization.md), or run headgate serve',
  cors: 'your HTTP server says what pages of other origins may do',
  csrf: "Apollo Server's csrfPrevention does this",
  'discovery.checkpoint': 'nothing is kept for the next start here; leave it out',
  graphiql: "Apollo Server's landing page is in its place",
  'limits.request_bytes': 'your HTTP server reads bodies, and limits them',
  log: 'give new HeadgateGateway({ logger })',
  persisted_documents: "Apollo Server's persistedQueries, or a plugin of it, does this",
  plugins: 'give new HeadgateGateway({ plugins })',
  registry: 'give new HeadgateGateway({ supergraphSdl })',
  server: 'your HTTP server listens; leave it out',
  store: 'there are no other processes that share something; leave it out',
  supergraph: 'give new HeadgateGateway({ supergraphSdl })',
  'traffic_shaping.router.max_concurrency': 'your HTTP server says how many requests it takes',
};
const OTHERWISE = 'leave it out';

/** Problems of keys that are given and that nothing here acts upon: whoever wrote them counts on them. */
export function keysWithoutEffect(given: unknown): readonly Problem[] {
  return [...pathsIn(given, '')].map((path) => ({
    path,
    line: null,
    column: null,
    message: `only Headgate's own server acts upon this, and here it is Apollo Server that listens: ${REMEDIES[path] ?? OTHERWISE}`,
  }));
}

/** The highest keys that are not in effect. */
function* pathsIn(value: unknown, path: string): Generator<string> {
  if (path in REMEDIES) yield path;
  else if (!isAbove(path)) {
    if (!IN_EFFECT.some((key) => path === key || path.startsWith(`${key}.`))) yield path;
  } else if (typeof value === 'object' && value !== null)
    for (const [key, below] of Object.entries(value))
      if (below !== undefined) yield* pathsIn(below, path === '' ? key : `${path}.${key}`);
}

/** Whether some key below one is in effect and another one is not. */
function isAbove(path: string): boolean {
  const start = path === '' ? '' : `${path}.`;
  return [...IN_EFFECT, ...Object.keys(REMEDIES)].some((key) => key.startsWith(start) && key !== path);
}
