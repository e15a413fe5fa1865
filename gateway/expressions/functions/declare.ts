import type { Frame } from '../frame';
import { parseType } from '../parse-type';
import type { Type } from '../types';

export interface Overload {
  /** The receiver of a method is the first. */
  readonly params: readonly Type[];
  readonly result: Type;
}

/**
 * Computes a value or an EvaluationError, and undefined where no overload takes values of these kinds. It must not throw, must
 * give a new error each time, and charges the frame for what grows with its arguments.
 */
export type Implementation = (frame: Frame, ...args: readonly unknown[]) => unknown;

export interface FunctionDeclaration {
  /** Methods begin with a dot. */
  readonly name: string;
  readonly overloads: readonly Overload[];
  readonly call: Implementation;
  readonly prepare?: Prepare;
}

/**
 * What can be done once, when an expression is compiled, with arguments that are written in it; the others are undefined. Gives what
 * to call in its place, a text about what is wrong with them, or undefined when there is nothing to prepare.
 */
export type Prepare = (args: readonly unknown[]) => Implementation | string | undefined;

/** @param signatures of the overloads, e.g. `string, int -> string` */
export function declareFunction(
  name: string,
  signatures: readonly string[],
  call: Implementation,
  prepare?: Prepare,
): FunctionDeclaration {
  const overloads = signatures.map(readSignature);
  return prepare === undefined ? { name, overloads, call } : { name, overloads, call, prepare };
}

function readSignature(signature: string): Overload {
  const [before = '', result = ''] = signature.split('->');
  return { params: splitTypes(before).map(typeNamed), result: typeNamed(result) };
}

/** The parts between commas that stand in no brackets. */
function splitTypes(text: string): string[] {
  const parts = text.split(/,(?![^(]*\))/);
  return text.trim() === '' ? [] : parts;
}

function typeNamed(text: string): Type {
  const type = parseType(text);
  if (type === null) throw new TypeError(`${text} is no type`);
  return type;
}
