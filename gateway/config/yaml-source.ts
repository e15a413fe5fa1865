import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLError,
} from 'yaml';
import type { Finding, Problem } from './problem';

/** A YAML text that knows the line of each of its values. */
export interface YamlSource {
  readonly document: Document.Parsed;
  /** Syntax errors, duplicate keys, unknown tags. When there are any, the values are not to be used. */
  readonly problems: readonly Problem[];
  /** Gives a finding its line and column. */
  readonly locate: (finding: Finding) => Problem;
}

const ALIASES_MAX = 100;

export function parseYaml(text: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const problems = [...document.errors, ...document.warnings].map((error) => syntaxProblem(error, lines));
  return { document, problems, locate: (finding) => locate(document, lines, finding) };
}

/** Plain values of the document, unless its aliases expand to too much. */
export function plainValues(document: Document.Parsed): { value: unknown } | { finding: Finding } {
  try {
    return { value: document.toJS({ maxAliasCount: ALIASES_MAX }) ?? {} };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return { finding: { path: [], message: `aliases repeat more than ${ALIASES_MAX} values` } };
  }
}

function syntaxProblem(error: YAMLError, lines: LineCounter): Problem {
  const { line, col } = lines.linePos(error.pos[0]);
  return { path: '', line, column: col, message: error.message };
}

function locate(document: Document.Parsed, lines: LineCounter, finding: Finding): Problem {
  const offset = offsetOf(document, finding);
  const { line, col } = lines.linePos(offset);
  return {
    path: finding.path.join('.'),
    line,
    column: col,
    message: finding.message,
    ...(finding.nearest === undefined ? {} : { nearest: finding.nearest }),
  };
}

/** Offset of the value at the path, of its key, or of the nearest key above when the path is not written in the file. */
function offsetOf(document: Document.Parsed, { path, atKey = false }: Finding): number {
  let node: Node | null | undefined = document.contents;
  let offset = startOf(node);
  for (const [depth, step] of path.entries()) {
    const child = childOf(document, node, step);
    if (child === undefined) return offset;
    const last = depth === path.length - 1;
    offset = last && !atKey ? (startOf(child.value) ?? child.keyOffset) : child.keyOffset;
    node = child.value;
  }
  return offset;
}

function childOf(document: Document.Parsed, parent: Node | null | undefined, step: string | number) {
  const node = isAlias(parent) ? parent.resolve(document) : parent;
  if (isSeq(node)) {
    const value = node.items[Number(step)];
    return isNode(value) ? { value, keyOffset: startOf(value) } : undefined;
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
  if (pair === undefined || !isNode(pair.key)) return undefined;
  return { value: isNode(pair.value) ? pair.value : null, keyOffset: startOf(pair.key) };
}

function startOf(node: Node | null | undefined): number {
  return node?.range?.[0] ?? 0;
}
