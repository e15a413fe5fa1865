import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { configError, type Finding } from '../config/problem';
import { schemaFindings } from '../config/schema-findings';
import { parseYaml, plainValues, type YamlSource } from '../config/yaml-source';
import { HeadgateError } from '../errors';
import { type Json, type JsonObject, writeJson } from '../transport/rest/json';
import { parseJson } from '../transport/rest/parse-json';
import type { Expected, Suite, SuiteCase } from './suite';
import { suiteShape, type WrittenCase, type WrittenCommon } from './suite-shape';

const FILE_BYTES_MAX = 50_000_000;
const DEPTH_MAX = 100;

/**
 * Reads a file of tests and the files that it names.
 * @param schema the adapter, in the place of the one that the file names
 * @throws {HeadgateError} USAGE when a file cannot be read, CONFIG_INVALID with every problem, its line and its column
 */
export function readSuite(path: string, schema?: string): Suite {
  const source = parseYaml(readText(path));
  if (source.problems.length > 0) throw configError(path, source.problems);
  const plain = plainValues(source.document);
  if ('finding' in plain) throw configError(path, [source.locate(plain.finding)]);
  const read = suiteShape.safeParse(plain.value, { reportInput: true });
  if (!read.success) throw configError(path, read.error.issues.flatMap(findingsOf).map(source.locate));
  const { config, tests } = read.data;
  const named = schema ?? config.schema;
  const findings: Finding[] = [];
  if (named === undefined)
    findings.push({ path: ['config'], message: 'names no schema: add config.schema, or use --schema' });
  const reader = new CaseReader(path, source, config.common ?? {}, findings);
  const cases = tests.map((test, index) => reader.read(test, index));
  if (named === undefined || findings.length > 0) throw configError(path, findings.map(source.locate));
  const schemaPath = schema ?? near(path, named);
  return { path, name: config.name ?? path, schemaPath, cases, files: [path, schemaPath, ...reader.files] };
}

class CaseReader {
  /** Bodies and answers that stand in files of their own. */
  readonly files = new Set<string>();
  readonly #path: string;
  readonly #source: YamlSource;
  readonly #common: WrittenCommon;
  readonly #findings: Finding[];

  constructor(path: string, source: YamlSource, common: WrittenCommon, findings: Finding[]) {
    this.#path = path;
    this.#source = source;
    this.#common = common;
    this.#findings = findings;
  }

  read(test: WrittenCase, index: number): SuiteCase {
    const common = this.#common;
    const target = test.target ?? test.connector ?? common.target ?? common.connector;
    if (target === undefined) this.#refuse(index, [], 'names no connector: add target: Type.field');
    // A file may have said one thing twice; the nearer wins, whatever it is called.
    const { $args, $config, $env, $requestHeaders, ...variables } = { ...common.variables, ...test.variables };
    const text = this.#body(index, 'apiResponseBody', test) ?? this.#body(index, 'apiResponseBody', common);
    return {
      name: test.name,
      line: this.#source.locate({ path: ['tests', index, 'name'], message: '' }).line ?? 1,
      target: target ?? '',
      skip: test.skip ?? false,
      args: $args ?? {},
      variables: variables as Readonly<Record<string, Json>>, // as: YAML without tags gives JSON
      config: ($config ?? {}) as JsonObject, // as: YAML without tags gives JSON
      requestHeaders: lowerCase($requestHeaders),
      env: $env ?? {},
      answer: {
        status: test.status ?? test.apiResponseStatus ?? common.status ?? common.apiResponseStatus ?? 200,
        headers: { ...lowerCase(common.apiResponseHeaders), ...lowerCase(test.apiResponseHeaders) },
        body: text ?? '',
      },
      expect: this.#expected(test, index),
    };
  }

  #expected({ expect = {} }: WrittenCase, index: number): Expected {
    const { errors = [], error, connectorResponseHeaders: headers } = expect;
    const request = this.#request(expect.connectorRequest, index);
    const own = this.#file(index, 'expect', 'connectorResponseFile', expect.connectorResponseFile);
    const common = this.#file(index, 'expect', 'connectorResponseFile', this.#common.expectedResponseFile);
    const written = own ?? expect.connectorResponse ?? common ?? this.#common.expectedResponse;
    const value = written === undefined ? undefined : this.#json(index, written);
    return {
      ...(request !== undefined && { request }),
      ...(value !== undefined && { value }),
      ...(headers !== undefined && { headers: lowerCase(headers) }),
      errors: error === undefined ? errors : [error, ...errors],
      ...(expect.problems !== undefined && { problems: expect.problems }),
    };
  }

  #request(written: NonNullable<WrittenCase['expect']>['connectorRequest'], index: number): Expected['request'] {
    if (written === null) return null;
    const own = this.#common;
    const given = {
      ...(own.expectedRequestMethod !== undefined && { method: own.expectedRequestMethod }),
      ...(own.expectedRequestUrl !== undefined && { url: own.expectedRequestUrl }),
      ...(own.expectedRequestScheme !== undefined && { scheme: own.expectedRequestScheme }),
      ...(own.expectedRequestOrigin !== undefined && { origin: own.expectedRequestOrigin }),
      ...(own.expectedRequestPath !== undefined && { path: own.expectedRequestPath }),
      ...(own.expectedRequestQueryParams !== undefined && { queryParams: own.expectedRequestQueryParams }),
      ...written,
    };
    if (written === undefined && Object.keys(given).length === 0) return undefined;
    const { body: inline, bodyFile, ...request } = given;
    const body =
      this.#file(index, 'expect', 'connectorRequest.bodyFile', bodyFile) ?? (inline === null ? null : textOf(inline));
    return { ...request, ...(body !== undefined && { body }) };
  }

  #body(index: number, name: 'apiResponseBody', given: Pick<WrittenCase, 'apiResponseBody' | 'apiResponseBodyFile'>) {
    return this.#file(index, name, '', given.apiResponseBodyFile) ?? textOf(given[name]);
  }

  #file(index: number, key: string, below: string, name: string | undefined): string | undefined {
    if (name === undefined) return undefined;
    const path = near(this.#path, name);
    this.files.add(path);
    try {
      return readText(path);
    } catch (error) {
      if (!(error instanceof HeadgateError)) throw error;
      this.#refuse(index, [key, ...below.split('.')], error.message);
      return undefined;
    }
  }

  #json(index: number, written: unknown): Json | undefined {
    if (typeof written !== 'string') return written as Json; // as: YAML without tags gives JSON
    const parsed = parseJson(written, DEPTH_MAX);
    if (parsed.ok) return parsed.value;
    this.#refuse(index, ['expect', 'connectorResponse'], 'is no JSON');
    return undefined;
  }

  #refuse(index: number, path: readonly string[], message: string): void {
    this.#findings.push({ path: ['tests', index, ...path.filter((step) => step !== '')], message });
  }
}

/** Text as it is, everything else as JSON; undefined when nothing is given. */
function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : writeJson(value as Json); // as: YAML without tags gives JSON
}

function lowerCase(headers: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** A path beside the file that names it; where there is nothing, one from the working directory. */
function near(path: string, name: string): string {
  const beside = resolve(dirname(path), name);
  return existsSync(beside) || !existsSync(resolve(name)) ? beside : resolve(name);
}

function readText(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new HeadgateError('USAGE', `cannot read ${path}: ${(error as NodeJS.ErrnoException).code}`);
  }
  if (bytes.length <= FILE_BYTES_MAX) return bytes.toString();
  throw new HeadgateError('USAGE', `${path} is larger than ${FILE_BYTES_MAX} bytes`);
}

function findingsOf(issue: z.core.$ZodIssue): Finding[] {
  if (issue.code !== 'unrecognized_keys') return schemaFindings([issue]);
  const path = issue.path as (string | number)[]; // as: a parsed YAML value has no symbols
  return issue.keys.map((key) => ({ path: [...path, key], message: 'unknown key', atKey: true }));
}
