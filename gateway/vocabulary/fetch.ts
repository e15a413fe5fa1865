import { headersOf, INT, STRING } from '../expressions/types';
import type { Fact, FactsView } from '../facts';
import { type Entry, group, oneText, type Source } from './entry';
import { OPERATION } from './operation';
import { REQUEST } from './request';

/** Head of what a subgraph answered. */
export interface AnswerHead {
  /** Null when there was none, or it came by other means. */
  readonly status: number | null;
  /** Lower-case names; repeated headers as arrays. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

/** Of no call: whoever evaluates puts the answer beside the facts of the flight, with {@link besideAnswer}. */
const ANSWER: Fact<AnswerHead> = { name: 'answer', keyOf: () => '' };

/** Facts, and an answer that expressions read as `response`. */
export function besideAnswer(facts: FactsView, answer: AnswerHead): FactsView {
  // as: the only fact of this identity is an answer.
  return { get: <T>(fact: Fact<T>) => (fact === (ANSWER as unknown) ? (answer as T) : facts.get(fact)) };
}

/** Nothing of a client's request is read for it. */
function ofAnswer(at: Source['at'], read: (answer: AnswerHead) => unknown): Source {
  return {
    at,
    reads: {},
    valueIn: ({ facts }) => {
      const answer = facts.get(ANSWER);
      return answer === undefined ? undefined : read(answer);
    },
  };
}

const STATUS: Entry = { type: INT, sourcesAt: () => [ofAnswer([], ({ status }) => status ?? undefined)] };

const ANSWER_HEADERS: Entry = {
  type: headersOf(STRING),
  sourcesAt: ([name]) =>
    name === undefined
      ? [ofAnswer([], ({ headers }) => joined(headers))]
      : [ofAnswer([name], ({ headers }) => oneText(headers[name]))],
};

function joined(headers: AnswerHead['headers']): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, oneText(value)]));
}

function subgraph(name: string): Entry {
  return group('subgraph', { name: { type: STRING, sourcesAt: () => [{ at: [], reads: {}, valueIn: () => name }] } });
}

type Vocabulary = Readonly<Record<string, Entry>>;

/** What expressions about a fetch may read. @param name of its subgraph */
export function fetchVocabulary(name: string): Vocabulary {
  return { request: REQUEST, operation: OPERATION, subgraph: subgraph(name) };
}

/** What expressions about an answer of a subgraph may read. */
export function answerVocabulary(name: string): Vocabulary {
  return { ...fetchVocabulary(name), response: group('response', { status: STATUS, headers: ANSWER_HEADERS }) };
}
