import type { Call } from '../call';
import type { Fact } from '../facts';
import type { Answer, RouteRequest } from '../http/route';
import type { Identity } from '../identity';
import type { Soon } from '../layers';
import type { Asked, Outcome } from '../operations/asked';
import type { Ready } from '../operations/flights';
import type { FetchStep } from '../transport/fetch';

/**
 * Code of an operator's own around what Headgate does. Each member is a layer: it is given the step that comes next, and gives
 * the step to take in its place, which calls the next one with what it was given or something else, and answers what that
 * answers or something else; or does not call it. Steps may return promises. Members that are not there cost nothing.
 */
export interface Plugin {
  /** Names the plugin in the log. */
  readonly name: string;
  /** What {@link fetch} may see of a client's request. What is not declared is not there, and does not keep equal requests apart. */
  readonly reads?: PluginReads;
  /** Around every request to the port for clients. */
  readonly http?: (next: (request: RouteRequest) => Soon<Answer>) => (request: RouteRequest) => Soon<Answer>;
  /** Around an operation as a client asks for it: a text, not yet known to be valid. */
  readonly asked?: (next: PluginStep<Asked, Outcome>) => PluginStep<Asked, Outcome>;
  /** Around an operation that is valid and planned. */
  readonly ready?: (next: PluginStep<Ready, Outcome>) => PluginStep<Ready, Outcome>;
  /**
   * Around each fetch from a subgraph, for one client or for several that asked for the same: it sees of their requests what
   * {@link reads} declares, and what their operation reads anyway.
   * @param subgraph its name
   */
  readonly fetch?: (next: FetchStep, subgraph: string) => FetchStep;
  /**
   * Decides policies of `@policy` that `authorization.policies` has no expression for.
   * @param names those that the operation meets
   * @returns true for each that holds; false, null or nothing for the others
   */
  readonly policies?: (
    names: readonly string[],
    call: Call,
  ) => Soon<Readonly<Record<string, boolean | null | undefined>>>;
  /** Called when the gateway stops. */
  readonly close?: () => unknown;
}

export type PluginStep<Input, Output> = (input: Input, call: Call) => Soon<Output>;

export interface PluginReads {
  /** Names of headers. */
  readonly headers?: readonly string[];
  readonly facts?: readonly Fact<never>[];
}

/** What a module that exports a function is given: it need not find the package. */
export interface PluginTools {
  /** Makes the outcome of an operation that is refused. */
  refuse(message: string, options?: RefuseOptions): Outcome;
  /** The fact that says who asks: `call.facts.get(IDENTITY)`. */
  readonly IDENTITY: Fact<Identity>;
  /** The fact that mappings of REST adapters read as `$context`: `call.facts.put(CONNECTOR_CONTEXT, { tenant: 'acme' })`. */
  readonly CONNECTOR_CONTEXT: Fact<Readonly<Record<string, unknown>>>;
}

export interface RefuseOptions {
  /** `extensions.code` of the error; BAD_REQUEST without it. */
  readonly code?: string;
  /** HTTP status of the answer; 400 without it, or the status of a code that is Headgate's own. */
  readonly status?: number;
  /** Headers of the answer. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Further members of `extensions`. */
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** A plugin, or what makes one. */
export type PluginModule = Plugin | ((tools: PluginTools) => Plugin | Promise<Plugin>);
