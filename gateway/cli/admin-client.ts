import type { Command } from 'commander';
import { Agent, buildConnector, request } from 'undici';
import { z } from 'zod';
import { HeadgateError, isErrorCode } from '../errors';
import { parseOrNone } from '../json/parse';
import { usageError } from './output';

/** Options that every command takes that asks a running gateway. */
export interface ListenerOptions {
  readonly admin: string;
  readonly token?: string;
  /** Seconds, as typed. */
  readonly timeout: string;
}

/** Options that every command of the registry takes. */
export interface AdminOptions extends ListenerOptions {
  readonly graph: string;
}

export interface AdminCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** In this order. */
  readonly query?: readonly (readonly [string, string])[];
  readonly body?: string | Buffer;
  /** False for calls that store nothing and may simply be made again. */
  readonly changes: boolean;
  /** The command that shows whether a change was made; the registry's when absent. */
  readonly shownBy?: string;
}

export interface AdminAnswer {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

const CONNECT_TIMEOUT_MS = 5_000;
const ANSWER_BYTES_MAX = 256 * 1024 * 1024;
/** Answers of 5xx that say themselves whether something was stored. */
const KNOWN_OUTCOMES = new Set(['REGISTRY_BUSY', 'REGISTRY_WRITE_FAILED', 'REGISTRY_CORRUPT', 'REVISION_NOT_SERVED']);

const refusalShape = z.object({
  error: z.object({ code: z.string(), message: z.string(), details: z.unknown().optional() }),
});

export function withAdminOptions(command: Command): Command {
  return withListenerOptions(command).option('--graph <name>', 'graph of the registry', 'default');
}

export function withListenerOptions(command: Command): Command {
  const { HEADGATE_ADMIN_URL: url, HEADGATE_ADMIN_TOKEN: token } = process.env;
  return command
    .option('--admin <url>', 'admin listener (HEADGATE_ADMIN_URL)', url || 'http://127.0.0.1:4400')
    .addOption(
      command.createOption('--token <token>', 'bearer token (HEADGATE_ADMIN_TOKEN)').default(token, 'not shown'),
    )
    .option('--timeout <seconds>', 'how long to wait for the answer', '120');
}

/** `/registry/graphs/default/…`, each segment encoded. */
export function graphPath(options: AdminOptions, ...segments: readonly string[]): string {
  return ['/registry/graphs', ...[options.graph, ...segments].map(encodeURIComponent)].join('/');
}

/**
 * Makes one call of the admin API.
 * @throws {HeadgateError} the refusal's own code; CONFIG_INVALID when nothing was sent, MUTATION_OUTCOME_UNKNOWN when a
 *   change was sent and its outcome is not known, GATEWAY_TIMEOUT
 */
export async function callAdmin(options: ListenerOptions, call: AdminCall): Promise<AdminAnswer> {
  const { status, headers, text } = await exchange(options, call);
  if (status >= 200 && status < 300) return { headers, text };
  throw refusalOf(status, text, call);
}

/** Makes one call of the admin API whose answer is JSON in a known form. */
export async function callAdminJson<Shape>(
  options: ListenerOptions,
  call: AdminCall,
  shape: z.ZodType<Shape>,
): Promise<{ readonly data: unknown; readonly known: Shape }> {
  const { text } = await callAdmin(options, call);
  const data = parseOrNone(text);
  const known = shape.safeParse(data);
  if (known.success) return { data, known: known.data };
  throw new HeadgateError('CONFIG_INVALID', `${options.admin} does not answer like the admin listener of Headgate`);
}

async function exchange(options: ListenerOptions, call: AdminCall): Promise<AdminAnswer & { readonly status: number }> {
  const url = urlOf(options, call);
  const timeoutMs = timeoutOf(options);
  const { agent, connected } = watchedAgent();
  try {
    const answer = await request(url, {
      dispatcher: agent,
      method: call.method,
      headers: options.token ? { authorization: `Bearer ${options.token}` } : {},
      body: call.body ?? null,
      signal: AbortSignal.timeout(timeoutMs),
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
  } catch (error) {
    throw connected() ? lostAnswer(options, call, error) : unreachable(options, error);
  } finally {
    await agent.destroy();
  }
}

/** An agent that knows whether a connection ever stood: without one, nothing can have been sent. */
function watchedAgent(): { readonly agent: Agent; readonly connected: () => boolean } {
  let stood = false;
  const connector = buildConnector({ timeout: CONNECT_TIMEOUT_MS });
  const agent = new Agent({
    maxResponseSize: ANSWER_BYTES_MAX,
    connect: (connectOptions, callback) =>
      connector(connectOptions, (...result) => {
        stood ||= result[0] === null;
        callback(...result);
      }),
  });
  return { agent, connected: () => stood };
}

function urlOf({ admin }: ListenerOptions, { path, query = [] }: AdminCall): URL {
  const base = URL.canParse(admin) ? new URL(admin) : null;
  if (base === null || (base.protocol !== 'http:' && base.protocol !== 'https:')) {
    throw usageError(`--admin ${admin} is no URL; give one such as http://127.0.0.1:4400`);
  }
  const url = new URL(base.href.replace(/\/$/, '') + path);
  for (const [name, value] of query) url.searchParams.append(name, value);
  return url;
}

function timeoutOf({ timeout }: ListenerOptions): number {
  const seconds = Number(timeout);
  if (seconds > 0 && seconds <= 3_600) return Math.ceil(seconds * 1_000);
  throw usageError(`--timeout ${timeout} is no number of seconds up to 3600`);
}

function unreachable({ admin }: ListenerOptions, cause: unknown): HeadgateError {
  const remedy = 'is `headgate serve` running? Name its admin listener with --admin or HEADGATE_ADMIN_URL';
  return new HeadgateError('CONFIG_INVALID', `${admin} cannot be reached (${reasonOf(cause)}): ${remedy}`, { cause });
}

function lostAnswer({ admin }: ListenerOptions, call: AdminCall, cause: unknown): HeadgateError {
  const what = `${admin} was reached, but its answer was not (${reasonOf(cause)})`;
  if (!call.changes) return new HeadgateError('GATEWAY_TIMEOUT', what, { cause });
  return outcomeUnknown(what, call, cause);
}

function outcomeUnknown(what: string, { shownBy = 'supergraph history' }: AdminCall, cause?: unknown): HeadgateError {
  const remedy = `the change may or may not hold; see \`headgate ${shownBy}\`, or make the same change again`;
  return new HeadgateError('MUTATION_OUTCOME_UNKNOWN', `${what}: ${remedy}`, { cause });
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'timeout';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}

function refusalOf(status: number, text: string, call: AdminCall): HeadgateError {
  const refusal = refusalShape.safeParse(parseOrNone(text));
  const { code, message, details } = refusal.success
    ? refusal.data.error
    : { code: 'INTERNAL', message: `the answer was HTTP ${status}`, details: null };
  if (call.changes && status >= 500 && !KNOWN_OUTCOMES.has(code))
    return outcomeUnknown(`HTTP ${status} ${code}, ${message}`, call);
  const problems = Array.isArray(details) && details.length > 0 ? { details: { problems: details } } : {};
  return new HeadgateError(isErrorCode(code) ? code : 'INTERNAL', message, problems);
}
