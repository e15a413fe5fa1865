import { readFileSync } from 'node:fs';
import { loadConfig } from '../../config/load';
import { HeadgateError } from '../../errors';
import { createPool } from '../../pool/instance-pool';
import type { PoolAnswer, PoolRequest } from '../../pool/pool';
import { connectorAt } from '../../rest-tests/connector-at';
import { explained } from '../../rest-tests/explain';
import { cannedAnswer, rehearse } from '../../rest-tests/rehearsal';
import { readConnectorsFromSdl, sourcesOf } from '../../transport/rest/connectors';
import type { JsonObject } from '../../transport/rest/json';
import { type CommandOutput, usageError } from '../output';
import { readAdapterFile } from './adapter-file';
import { type RunOptions, readGiven } from './run-given';
import { cleanedReport, cleanerFor, reportOf } from './run-report';
import { runText } from './run-text';

const CLOSE_MS = 1_000;

/**
 * Runs one connector of an adapter against its service, or against an answer from a file, and tells of each step.
 * @throws {HeadgateError} USAGE, CONNECT_INVALID, CONFIG_INVALID
 */
export async function runConnector(path: string, target: string, options: RunOptions): Promise<CommandOutput> {
  const file = await readAdapterFile(path);
  const connectors = readConnectorsFromSdl(file.sdl, file.name);
  const found = connectorAt(connectors, target);
  if (typeof found === 'string') throw usageError(found);
  const { connector } = found;
  const { config } = await loadConfig(options.config === undefined ? {} : { path: options.config });
  const instances = Object.entries(sourcesOf(connectors)).map(([name, { origin }]) => [
    name,
    [{ url: origin, weight: 1 }],
  ]);
  const subgraph = config.optionsFor(file.name, 'rest', Object.fromEntries(instances));
  const source = subgraph.sources?.[connector.source];
  const given = readGiven(connectors, found, options, (source?.config ?? {}) as JsonObject); // as: JSON
  const sender = options.response === undefined ? overHttp(subgraph, connector.source, options.url) : fromFile(options);
  const startedAt = performance.now();
  try {
    const sources =
      source === undefined ? undefined : { [connector.source]: { shownConfig: source.shownConfig ?? {} } };
    const outcome = await rehearse(connectors, connector, given, sender.send, {
      timeoutMs: subgraph.timeoutMs,
      responseBytesMax: subgraph.responseBytesMax,
      responseDepthMax: subgraph.responseDepthMax,
      ...(sources !== undefined && { sources }),
    });
    const report = reportOf(
      connector.coordinate,
      outcome,
      performance.now() - startedAt,
      explained(connector, outcome),
    );
    const clean = cleanerFor(outcome, given, source?.shownConfig);
    const cleaned = cleanedReport(report, clean);
    return { data: cleaned, text: runText(cleaned), exitCode: outcome.error === null ? 0 : 1 };
  } finally {
    await sender.close();
  }
}

interface Sender {
  readonly send: (request: PoolRequest) => Promise<PoolAnswer>;
  close(): Promise<void>;
}

function overHttp(
  { pools }: { readonly pools: Readonly<Record<string, Parameters<typeof createPool>[0]>> },
  source: string,
  urls: readonly string[],
): Sender {
  const options = pools[source];
  if (options === undefined) throw new HeadgateError('INTERNAL', `there is no pool for the source ${source}`);
  const url = urls.map(readUrl).find(([name]) => name === source)?.[1];
  const pool = createPool(
    url === undefined ? options : { ...options, instances: [{ url, weight: 1, zone: null, tier: 'primary' }] },
  );
  return { send: (request) => pool.request(request), close: () => pool.close(CLOSE_MS) };
}

function readUrl(text: string): readonly [source: string, url: string] {
  const [, source, url] = /^([A-Za-z][A-Za-z0-9_-]*)=(https?:\/\/\S+)$/.exec(text) ?? [];
  if (source === undefined || url === undefined || !URL.canParse(url))
    throw usageError(`--url takes SOURCE=URL, not ${text}`);
  return [source, url.replace(/\/$/, '')];
}

function fromFile({ response = '', status }: RunOptions): Sender {
  let body: string;
  try {
    body = readFileSync(response, 'utf8');
  } catch (error) {
    throw usageError(`cannot read ${response}: ${(error as NodeJS.ErrnoException).code}`);
  }
  const type = response.endsWith('.txt') ? 'text/plain' : 'application/json';
  return {
    send: async () => cannedAnswer(status, { 'content-type': type }, body),
    close: async () => undefined,
  };
}
