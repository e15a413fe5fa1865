import type { IncomingHttpHeaders } from 'node:http';
import { HeadgateError } from '../errors';
import { Facts, type FactsView } from '../facts';
import type { View } from '../vocabulary/entry';
import { conditionOf, type HeaderValue, headerValueOf } from './header-expressions';
import { isForwardable, isHeaderValue, namePattern } from './header-names';
import type { HeaderRule } from './options';

const NO_FACTS: FactsView = new Facts();

/** Of an answer: lower-case names; repeated headers as arrays. */
export type AnswerHeaders = Readonly<Record<string, string | readonly string[]>>;

type Outgoing = Record<string, string>;
type Step = (outgoing: Outgoing, client: Readonly<IncomingHttpHeaders>, view: View) => void;

/**
 * Turns header rules into one function from the client's headers to those of the subgraph request. Rules apply in
 * order. What belongs to one connection or one message is never forwarded, nor is a value with a control character; what the
 * client says belongs to its connection is not there ({@link compileReads}).
 * @returns lower-case names; a new object each time
 * @throws {HeadgateError} EXPRESSION_INVALID, CONFIG_INVALID: a rule names a header that it must not set, or a value that no header can have
 */
export function compileRequestHeaders(
  rules: readonly HeaderRule[],
  subgraph = '',
): (client: Readonly<IncomingHttpHeaders>, facts?: FactsView) => Outgoing {
  const steps = rules.map((rule) => conditional(rule, compileRule(rule, subgraph), subgraph));
  const withoutTwins = twinRemoval(rules);
  return (client, facts = NO_FACTS) => {
    const outgoing: Outgoing = {};
    if (steps.length === 0) return outgoing;
    const view = { headers: client, facts };
    for (const step of steps) step(outgoing, client, view);
    withoutTwins?.(outgoing);
    return outgoing;
  };
}

function conditional(rule: HeaderRule, step: Step, subgraph: string): Step {
  const applies = conditionOf(rule, 'request', subgraph);
  if (applies === null) return step;
  return (outgoing, client, view) => {
    if (applies(view)) step(outgoing, client, view);
  };
}

/**
 * What we say must not stand beside what a client says under nearly the same name: many servers read `x_user` and `x-user`
 * as one.
 */
function twinRemoval(rules: readonly HeaderRule[]): ((outgoing: Outgoing) => void) | null {
  const inserted = rules.flatMap((rule) => (rule.kind === 'insert' ? [rule.name.toLowerCase()] : []));
  if (inserted.length === 0 || !rules.some(({ kind }) => kind.startsWith('propagate'))) return null;
  const own = new Map(inserted.map((name) => [plain(name), name]));
  return (outgoing) => {
    for (const name of Object.keys(outgoing)) {
      const ours = own.get(plain(name));
      if (ours !== undefined && ours !== name && !inserted.includes(name)) delete outgoing[name];
    }
  };
}

function plain(name: string): string {
  return name.replaceAll('_', '-');
}

function compileRule(rule: HeaderRule, subgraph: string): Step {
  switch (rule.kind) {
    case 'propagate': {
      const from = rule.named.toLowerCase();
      return propagate(from, settable(rule.rename?.toLowerCase() ?? from), rule.default);
    }
    case 'propagate-matching':
      return propagateMatching(namePattern(rule.matching));
    case 'insert': {
      const name = settable(rule.name.toLowerCase());
      const made = headerValueOf(rule, 'request', subgraph);
      if (made !== null) return insertMade(name, made);
      const { value = '' } = rule;
      if (!isHeaderValue(value)) {
        const message = `headers: the value to insert as ${name} has a character that no header may have; remove it`;
        throw new HeadgateError('CONFIG_INVALID', message);
      }
      return (outgoing) => {
        outgoing[name] = value;
      };
    }
    case 'remove': {
      const name = rule.named.toLowerCase();
      return (outgoing) => {
        delete outgoing[name];
      };
    }
    case 'remove-matching':
      return removeMatching(namePattern(rule.matching));
  }
}

/** Without a value there is no such header, whatever the client has sent under its name. */
function insertMade(name: string, valueFor: HeaderValue): Step {
  return (outgoing, _client, view) => {
    const value = valueFor(view);
    if (value === null) delete outgoing[name];
    else outgoing[name] = value;
  };
}

function propagate(from: string, to: string, fallback: string | null): Step {
  const forwardable = isForwardable(from);
  return (outgoing, client) => {
    const given = forwardable ? client[from] : undefined;
    set(outgoing, to, given ?? fallback);
  };
}

function propagateMatching(pattern: RegExp): Step {
  return (outgoing, client) => {
    for (const name of Object.keys(client)) {
      if (isForwardable(name) && pattern.test(name)) set(outgoing, name, client[name]);
    }
  };
}

function removeMatching(pattern: RegExp): Step {
  return (outgoing) => {
    for (const name of Object.keys(outgoing)) if (pattern.test(name)) delete outgoing[name];
  };
}

function set(outgoing: Outgoing, name: string, value: string | readonly string[] | null | undefined): void {
  if (value === undefined || value === null) return;
  const text = typeof value === 'string' ? value : value.join(', ');
  if (isHeaderValue(text)) outgoing[name] = text;
}

/** A name that a rule may give to a request header. */
export function settable(name: string): string {
  if (isForwardable(name)) return name;
  const why = 'it belongs to the connection or the message; remove the rule';
  const message = `headers: ${JSON.stringify(name)} cannot be set by a rule, ${why}`;
  throw new HeadgateError('CONFIG_INVALID', message);
}
