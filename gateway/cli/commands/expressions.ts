import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { HeadgateError } from '../../errors';
import { COST_MAX, compileExpression, type Expression } from '../../expressions/compile-expression';
import { jsonOf } from '../../expressions/json-of';
import { parseType } from '../../expressions/parse-type';
import { DYN, objectOf, printType, type Type } from '../../expressions/types';
import { EvaluationError } from '../../expressions/values';
import { parseJson } from '../../json/parse';
import { stringifyJson } from '../../json/stringify';
import { type CommandOutput, runCommand, usageError } from '../output';

interface CheckOptions {
  readonly expression?: string;
  readonly declare?: string;
  readonly values?: string;
  readonly result?: Type;
  readonly costMax: number;
}

type JsonObject = Readonly<Record<string, unknown>>;

const HELP = `
Examples:
  headgate expressions check -e 'request.headers["x-canary"] == "1"' --declare variables.json
  headgate expressions check -e '"admin" in claims.roles' --values values.json --result bool

variables.json names the type of each variable: bool, int, uint, double, string, bytes, timestamp, duration, list(string),
map(string, dyn), headers (names in any case), dyn (anything); an object in place of a type names its fields:
  { "request": { "method": "string", "headers": "headers" }, "claims": "map(string, dyn)" }
Without it, each name in values.json is a variable of any type.
`;

/** `headgate expressions`: exit 1 when the expression is wrong, or has no value for the values given. */
export function registerExpressions(program: Command): void {
  const expressions = program
    .command('expressions')
    .description('check expressions (CEL) of a configuration: rules, keys, fields of logs');
  expressions
    .command('check')
    .description('print the type of an expression, all that it reads, and its value')
    .argument('[file]', 'a file with an expression; - reads standard input')
    .option('-e, --expression <text>', 'the expression itself')
    .option('--declare <file>', 'JSON: the types of the variables')
    .option('--values <file>', 'JSON: values of the variables, to try it with')
    .option('--result <type>', 'the type that it must give, e.g. bool', readType)
    .option('--cost-max <units>', 'work that one evaluation may do', readUnits, COST_MAX)
    .addHelpText('after', HELP)
    .action(runCommand(check));
}

function readType(given: string): Type {
  const type = parseType(given);
  if (type === null) throw usageError(`--result expects a type, e.g. bool or list(string); ${given} is none`);
  return type;
}

function readUnits(given: string): number {
  if (/^\d{1,9}$/.test(given) && Number(given) > 0) return Number(given);
  throw usageError(`--cost-max expects a whole number, e.g. ${COST_MAX}`);
}

async function check(file: string | undefined, options: CheckOptions): Promise<CommandOutput> {
  const [source, where] = await readExpression(file, options.expression);
  const values = options.values === undefined ? undefined : await readObject(options.values);
  const variables = await declared(options.declare, values ?? {});
  const { costMax, result } = options;
  const expression = compileExpression(source, {
    where,
    variables,
    costMax,
    ...(result === undefined ? {} : { result }),
  });
  return report(expression, values);
}

async function readExpression(file: string | undefined, given: string | undefined): Promise<[string, string]> {
  if ((file === undefined) === (given === undefined))
    throw usageError('name a file with an expression, or give one with -e');
  if (file === undefined) return [given ?? '', 'expression'];
  return [(await readText(file)).replace(/\s+$/, ''), file === '-' ? 'stdin' : file];
}

async function readText(path: string): Promise<string> {
  try {
    return path === '-' ? await text(process.stdin) : await readFile(path, 'utf8');
  } catch (error) {
    throw new HeadgateError('USAGE', `cannot read ${path}: ${(error as NodeJS.ErrnoException).code}`, { cause: error });
  }
}

async function readObject(path: string): Promise<JsonObject> {
  const source = await readText(path);
  let value: unknown;
  try {
    value = parseJson(source);
  } catch (error) {
    throw usageError(`${path} is no JSON: ${error instanceof Error ? error.message : error}`);
  }
  if (isObject(value)) return value;
  throw usageError(`${path} has to be a JSON object with a member for each variable`);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function declared(path: string | undefined, values: JsonObject): Promise<Readonly<Record<string, Type>>> {
  if (path === undefined) return Object.fromEntries(Object.keys(values).map((name) => [name, DYN]));
  return typesIn(path, '', await readObject(path));
}

function typesIn(path: string, above: string, object: JsonObject): Readonly<Record<string, Type>> {
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) => [name, typeIn(path, `${above}${name}`, value)]),
  );
}

function typeIn(path: string, name: string, value: unknown): Type {
  if (isObject(value)) return objectOf(name, typesIn(path, `${name}.`, value));
  const type = typeof value === 'string' ? parseType(value) : null;
  if (type !== null) return type;
  throw usageError(
    `${path}: ${name} has to be a type, e.g. "string", "headers" or "map(string, dyn)", or an object with fields`,
  );
}

function report({ type, references, evaluate }: Expression, values: JsonObject | undefined): CommandOutput {
  const known = { type: printType(type), references };
  const lines = [`type        ${known.type}`, `references  ${references.join('\n            ') || 'none'}`];
  if (values === undefined) return { data: known, text: lines.join('\n') };
  const value = evaluate(values);
  if (value instanceof EvaluationError) {
    const { message, line, column, reason } = value;
    return {
      data: { ...known, error: { message, line, column, reason } },
      text: [...lines, `no value    ${value}`].join('\n'),
      exitCode: 1,
    };
  }
  const json = jsonOf(value);
  return { data: { ...known, value: json }, text: [...lines, `value       ${stringifyJson(json)}`].join('\n') };
}
