import { GraphQLError } from 'graphql';
import type { PolicyDecider } from '../authorization/policies';
import type { Call } from '../call';
import { type Cancellation, unlessCancelled } from '../cancellation';
import { HeadgateError, isHeadgateError } from '../errors';
import { announce } from '../events';
import type { Reads } from '../flight';
import { clientFailure } from '../http/failures';
import type { HttpLayer } from '../http/http-step';
import type { Answer } from '../http/route';
import { type Layer, type Soon, type Step, settle } from '../layers';
import { type Asked, type AskedLayer, type Outcome, refused } from '../operations/asked';
import type { Ready, ReadyLayer } from '../operations/flights';
import type { FetchLayer } from '../transport/fetch';
import type { FetchAnswer } from '../transport/fetch-answer';
import type { Plugin } from './plugin';
import { policyDeciders } from './policy-deciders';

/** Layers of all plugins, in the order in which they are named: the first one is the outermost. */
export interface PluginLayers {
  readonly http: readonly HttpLayer[];
  readonly asked: readonly AskedLayer[];
  readonly ready: readonly ReadyLayer[];
  /** Of one subgraph. */
  readonly fetch: (subgraph: string) => readonly FetchLayer[];
  /** What all of them read in flights. */
  readonly reads: readonly Reads[];
  readonly policies: readonly PolicyDecider[];
}

export const NO_PLUGINS: PluginLayers = { http: [], asked: [], ready: [], fetch: () => [], reads: [], policies: [] };

export function pluginLayers(plugins: readonly Plugin[]): PluginLayers {
  return {
    http: plugins.flatMap(httpLayer),
    asked: plugins.flatMap((plugin) => operationLayer<Asked>(plugin, 'asked')),
    ready: plugins.flatMap((plugin) => operationLayer<Ready>(plugin, 'ready')),
    fetch: (subgraph) => plugins.flatMap((plugin) => fetchLayer(plugin, subgraph)),
    policies: policyDeciders(plugins),
    reads: plugins.flatMap(({ reads }) => (reads === undefined ? [] : [readsOf(reads)])),
  };
}

function readsOf({ headers = [], facts = [] }: NonNullable<Plugin['reads']>): Reads {
  return { headers: headers.map((name) => name.toLowerCase()), matching: [], facts, isPrivate: false };
}

function httpLayer(plugin: Plugin): HttpLayer[] {
  const { name, http } = plugin;
  if (http === undefined) return [];
  return [
    {
      name: `plugin ${name}`,
      wrap(next) {
        // as: a plugin hands on the request that it was given
        const step = madeBy(
          plugin,
          'http',
          http((request) => next(request as Parameters<typeof next>[0], undefined)),
        );
        return (exchange) =>
          taken(
            plugin,
            'http',
            exchange.gone,
            () => step(exchange),
            checkAnswer,
            // Plugins around it see an answer, too.
            (error, blamed) => clientFailure(blame(error, blamed), exchange),
          );
      },
    },
  ];
}

/** One of `asked` and `ready`: both give outcomes. */
function operationLayer<Input>(plugin: Plugin, kind: 'asked' | 'ready'): Layer<Input, Outcome, Call>[] {
  // as: both are of this form
  const make = plugin[kind] as ((next: Step<Input, Outcome, Call>) => Step<Input, Outcome, Call>) | undefined;
  if (make === undefined) return [];
  return [
    {
      name: `plugin ${plugin.name}`,
      wrap(next) {
        const step = madeBy(plugin, kind, make(next));
        return (input, call) =>
          taken(
            plugin,
            kind,
            call.gone,
            () => step(input, call),
            checkOutcome,
            (error, blamed) =>
              error instanceof GraphQLError || isForeignGraphqlError(error)
                ? refused([asOwn(error)])
                : failed(error, blamed),
          );
      },
    },
  ];
}

function fetchLayer(plugin: Plugin, subgraph: string): FetchLayer[] {
  const { name, fetch: make } = plugin;
  if (make === undefined) return [];
  return [
    {
      name: `plugin ${name}`,
      wrap(next) {
        const step = madeBy(plugin, 'fetch', make(next, subgraph));
        return (request, flight) =>
          taken(
            plugin,
            'fetch',
            flight,
            () => step(request, flight),
            checkFetched,
            (error, where) => {
              if (isHeadgateError(error)) throw error;
              announce('internal.error', { id: flight.id, where, error });
              // Its message is for clients.
              throw new HeadgateError('INTERNAL', `the fetch from subgraph ${subgraph} failed`);
            },
          );
      },
    },
  ];
}

function madeBy<Made>({ name }: Plugin, kind: string, step: Made): Made {
  if (typeof step === 'function') return step;
  const message = `plugin ${name}: "${kind}" must return a function: (next) => (input) => …`;
  throw new HeadgateError('CONFIG_INVALID', message);
}

/** Takes a plugin's step: for as long as somebody waits, and whatever it throws or returns. */
function taken<Output>(
  { name }: Plugin,
  kind: string,
  gone: Cancellation,
  take: () => Soon<Output>,
  check: (output: unknown) => Output,
  onError: (error: unknown, blamed: string) => Output,
): Soon<Output> {
  const blamed = `plugin ${name} (${kind})`;
  return settle(
    () => {
      const work = take();
      return work instanceof Promise ? unlessCancelled(work, gone) : work;
    },
    (output) => {
      try {
        return check(output);
      } catch (error) {
        return onError(error, blamed);
      }
    },
    (error) => onError(error, blamed),
  );
}

/** What is ours passes; everything else is a defect of the plugin, which whoever answers tells the operator only. */
function failed(error: unknown, where: string): never {
  throw blame(error, where);
}

function blame(error: unknown, where: string): HeadgateError {
  if (isHeadgateError(error)) return error;
  return new HeadgateError('INTERNAL', `${where}: ${error instanceof Error ? error.message : String(error)}`, {
    cause: error,
  });
}

function checkAnswer(answer: unknown): Answer {
  if (!isObject(answer)) throw new TypeError('it returned no answer: { status, headers, body }');
  const { status } = answer;
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 200 || status > 599)
    throw new TypeError(`it answered with the status ${String(status)}, which is none: give 200 to 599`);
  return answer as unknown as Answer; // as: its status is well; what headers and body are is seen when they are written
}

function checkOutcome(outcome: unknown): Outcome {
  if (!isObject(outcome)) throw new TypeError('it returned no outcome: { data, errors, headers }');
  const { data, errors = [], headers = new Map() } = outcome;
  if (data !== undefined && data !== null && typeof data !== 'object')
    throw new TypeError('"data" must be an object, null or absent');
  if (!Array.isArray(errors) || !errors.every(isError))
    throw new TypeError('"errors" must be a list of errors, each with a "message"');
  if (!(headers instanceof Map)) throw new TypeError('"headers" must be a Map of names and lists of values');
  if (data === undefined && errors.length === 0)
    throw new TypeError('it returned an outcome with neither "data" nor "errors"');
  return { ...outcome, errors, headers } as unknown as Outcome; // as: each member was looked at
}

function checkFetched(answer: unknown): FetchAnswer {
  if (isObject(answer) && isObject(answer.content) && Array.isArray(answer.content.errors))
    return answer as unknown as FetchAnswer; // as: what the executor reads of it is there
  throw new TypeError('it returned no answer of a fetch: { ...answer, content: { data, errors } }');
}

function isError(error: unknown): boolean {
  return isObject(error) && typeof error.message === 'string';
}

/** One of another copy of graphql: a plugin's own. */
function isForeignGraphqlError(error: unknown): error is Error & { readonly extensions: Record<string, unknown> } {
  return error instanceof Error && error.name === 'GraphQLError' && 'extensions' in error && isObject(error.extensions);
}

function asOwn(error: GraphQLError | (Error & { readonly extensions: Record<string, unknown> })): GraphQLError {
  const { message, extensions } = error;
  // Apollo Server's name for what has none.
  const code = extensions.code ?? 'INTERNAL_SERVER_ERROR';
  return new GraphQLError(message, { extensions: { ...extensions, code } });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
