import type { IncomingHttpHeaders } from 'node:http';
import { HeadgateError } from '../errors';
import { isForwardable, isHeaderValue, namePattern } from './header-names';
import type { HeaderRule, ResponseHeaderRule } from './options';

/** Of an answer: lower-case names; repeated headers as arrays. */
export type AnswerHeaders = Readonly<Record<string, string | readonly string[]>>;

type Outgoing = Record<string, string>;
type Step = (outgoing: Outgoing, client: Readonly<IncomingHttpHeaders>) => void;

/**
 * Turns header rules into one function from the client's headers to those of the subgraph request. Rules apply in
 * order. What belongs to one connection or one message is never forwarded, nor is a value with a control character; what the
 * client says belongs to its connection is not there ({@link compileReads}).
 * @returns lower-case names; a new object each time
 * @throws {HeadgateError} CONFIG_INVALID: a rule names a header that it must not set, or a value that no header can have
 */
export function compileRequestHeaders(
  rules: readonly HeaderRule[],
): (client: Readonly<IncomingHttpHeaders>) => Outgoing {
  const steps = rules.map(compileRule);
  return (client) => {
    const outgoing: Outgoing = {};
    if (steps.length === 0) return outgoing;
    for (const step of steps) step(outgoing, client);
    return outgoing;
  };
}

function compileRule(rule: HeaderRule): Step {
  switch (rule.kind) {
    case 'propagate': {
      const from = rule.named.toLowerCase();
      return propagate(from, settable(rule.rename?.toLowerCase() ?? from), rule.default);
    }
    case 'propagate-matching':
      return propagateMatching(namePattern(rule.matching));
    case 'insert': {
      const name = settable(rule.name.toLowerCase());
      if (!isHeaderValue(rule.value)) {
        const message = `headers: the value to insert as ${name} has a character that no header may have; remove it`;
        throw new HeadgateError('CONFIG_INVALID', message);
      }
      return (outgoing) => {
        outgoing[name] = rule.value;
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
function settable(name: string): string {
  if (isForwardable(name)) return name;
  const why = 'it belongs to the connection or the message; remove the rule';
  const message = `headers: ${JSON.stringify(name)} cannot be set by a rule, ${why}`;
  throw new HeadgateError('CONFIG_INVALID', message);
}

/** Turns response header rules into a function that adds a subgraph answer's headers to those of the client's answer. */
export function compileResponseHeaders(
  rules: readonly ResponseHeaderRule[],
): (answer: AnswerHeaders, target: Map<string, string[]>) => void {
  const named = rules.map((rule) => ({ ...rule, named: settable(rule.named.toLowerCase()) }));
  return (answer, target) => {
    for (const { named: name, algorithm } of named) {
      const given = answer[name];
      if (given === undefined) continue;
      const values = (typeof given === 'string' ? [given] : given).filter(isHeaderValue);
      const before = target.get(name);
      if (before === undefined || algorithm === 'last') target.set(name, [...values]);
      else if (algorithm === 'append') before.push(...values);
    }
  };
}
