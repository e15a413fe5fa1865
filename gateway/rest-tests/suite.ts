import type { Json, JsonObject } from '../transport/rest/json';
import type { ExpectedError, ExpectedProblem, ExpectedRequest } from './suite-shape';

/** A file of tests, read. */
export interface Suite {
  readonly path: string;
  readonly name: string;
  /** The adapter that it is about. */
  readonly schemaPath: string;
  readonly cases: readonly SuiteCase[];
  /** All that it was read from, the adapter too. */
  readonly files: readonly string[];
}

/** One test, with what all tests of its file have. */
export interface SuiteCase {
  readonly name: string;
  /** Of its name in the file, from 1. */
  readonly line: number;
  readonly target: string;
  readonly skip: boolean;
  readonly args: Readonly<Record<string, unknown>>;
  /** `$this`, `$batch`, `$context`, as far as they are given. */
  readonly variables: Readonly<Record<string, Json>>;
  readonly config: JsonObject;
  /** Of the client's request, lower-case names. */
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly answer: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
  readonly expect: Expected;
}

/** What is compared; absent: it may be anything. */
export interface Expected {
  /** Null: nothing is sent. */
  readonly request?: (Omit<ExpectedRequest, 'body' | 'bodyFile'> & { readonly body?: string | null }) | null;
  readonly value?: Json;
  readonly headers?: Readonly<Record<string, string>>;
  readonly errors: readonly ExpectedError[];
  readonly problems?: readonly ExpectedProblem[];
}
