import type { ASTNode, StringValueNode } from 'graphql';

/** A place in an SDL text; lines and columns count from 1. */
export interface Position {
  readonly line: number | null;
  readonly column: number | null;
}

export const NOWHERE: Position = { line: null, column: null };

export function positionOf(node: ASTNode | undefined): Position {
  const loc = node?.loc;
  return loc === undefined ? NOWHERE : { line: loc.startToken.line, column: loc.startToken.column };
}

/** Finds where the character at `offset` of a string's value stands in the SDL, block strings included. */
export function positionInString(node: StringValueNode, offset: number): Position {
  const loc = node.loc;
  if (loc === undefined) return NOWHERE;
  const { line, column } = loc.startToken;
  if (node.block !== true) return { line, column: column + 1 + offset };
  const before = node.value.slice(0, offset).split('\n');
  const lineInValue = before.length - 1;
  const raw = loc.source.body.slice(loc.start + 3, loc.end - 3).split('\n');
  const firstRaw = raw.findIndex((text) => text.trim() !== '');
  const text = raw[firstRaw + lineInValue] ?? '';
  const valueLine = node.value.split('\n')[lineInValue] ?? '';
  const indent = Math.max(text.indexOf(valueLine), 0);
  const opening = firstRaw + lineInValue === 0 ? column + 3 : 1;
  return { line: line + firstRaw + lineInValue, column: opening + indent + (before.at(-1)?.length ?? 0) };
}
