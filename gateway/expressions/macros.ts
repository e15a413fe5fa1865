import type { Call, MacroName, Node } from './ast';
import { SyntaxProblem } from './source';

/** Macros over lists and maps, and how many arguments they have with one name and with two; the larger ones have a filter. */
const COMPREHENSIONS: Readonly<Record<string, { macro: MacroName; one: readonly number[]; two: readonly number[] }>> = {
  all: { macro: 'all', one: [2], two: [3] },
  exists: { macro: 'exists', one: [2], two: [3] },
  exists_one: { macro: 'existsOne', one: [2], two: [3] },
  existsOne: { macro: 'existsOne', one: [2], two: [3] },
  filter: { macro: 'filter', one: [2], two: [] },
  map: { macro: 'map', one: [2, 3], two: [] },
  transformList: { macro: 'transformList', one: [], two: [3, 4] },
  transformMap: { macro: 'transformMap', one: [], two: [3, 4] },
};

/** What a call stands for when it is a macro; the call itself when it is none. */
export function expandMacro(call: Call): Node {
  const { name, receiver, args } = call;
  if (receiver === null) return name === 'has' && args.length === 1 ? presence(call) : call;
  if (name === 'bind' && receiver.kind === 'name' && receiver.name === 'cel' && args.length === 3) return binding(call);
  if ((name === 'optMap' || name === 'optFlatMap') && args.length === 2) return mappedOptional(call, receiver);
  return comprehension(call, receiver);
}

function presence({ args, at }: Call): Node {
  const [operand] = args;
  if (operand?.kind === 'select' && !operand.test) return { ...operand, optional: false, test: true };
  const other = operand?.kind === 'index' ? '; a key in brackets is asked for with in: "x" in a' : '';
  throw new SyntaxProblem(operand?.at ?? at, `has() takes a field, e.g. has(a.x)${other}`);
}

function comprehension(call: Call, range: Node): Node {
  const shape = Object.hasOwn(COMPREHENSIONS, call.name) ? COMPREHENSIONS[call.name] : undefined;
  const count = call.args.length;
  if (shape === undefined) return call;
  const named = shape.two.includes(count) ? 2 : 1;
  if (named === 1 && !shape.one.includes(count)) return call;
  const [body] = call.args.slice(-1);
  if (body === undefined) return call;
  const between = call.args.slice(named, -1);
  const names = call.args.slice(0, named).map((argument) => variableName(argument, call.name));
  if (new Set(names).size < names.length) throw new SyntaxProblem(call.at, `${call.name}() has one name twice`);
  return { kind: 'comprehension', at: call.at, macro: shape.macro, range, names, filter: between[0] ?? null, body };
}

function variableName(argument: Node, macro: string): string {
  if (argument.kind === 'name' && !argument.absolute) return argument.name;
  throw new SyntaxProblem(argument.at, `${macro}() begins with a name of its own, e.g. ${macro}(x, …)`);
}

function binding({ args, at }: Call): Node {
  const [name, value, body] = args;
  if (name === undefined || value === undefined || body === undefined)
    throw new SyntaxProblem(at, 'cel.bind(name, value, result)');
  return { kind: 'bind', at, name: variableName(name, 'cel.bind'), value, body };
}

function mappedOptional(call: Call, operand: Node): Node {
  const [name, body] = call.args;
  if (name === undefined || body === undefined) return call;
  const flat = call.name === 'optFlatMap';
  return { kind: 'optionalMap', at: call.at, operand, name: variableName(name, call.name), body, flat };
}
