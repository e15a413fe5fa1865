import { basename } from 'node:path';
import { HeadgateError, isHeadgateError } from '../errors';
import { readConnectorsFromSdl } from '../transport/rest/connectors';
import type { ConnectProblem } from '../transport/rest/model/problems';
import { drafted } from './draft';
import { DocumentFiles, ReferenceFailure } from './files';
import type { LeftOut, Note } from './notes';
import { Overrides } from './overrides';
import { printDraft } from './print-draft';
import { type Tree, textAt } from './tree';

/** What an import came to. */
export interface Import {
  readonly sdl: string;
  readonly version: string;
  readonly operations: number;
  readonly imported: number;
  readonly leftOut: readonly LeftOut[];
  /** What is in the draft, but not as the document has it, or worth a look. */
  readonly notes: readonly Note[];
}

export interface ImportOptions {
  /** Text of a file of overrides, with its path. */
  readonly overrides?: { readonly path: string; readonly text: string };
}

/** How often operations whose draft is refused are left out and the rest is drafted again. */
const ROUNDS_MAX = 6;

/**
 * Drafts a REST adapter from an OpenAPI document of version 2.0, 3.0 or 3.1. The same document and overrides give the same text.
 * @throws {HeadgateError} USAGE, OPENAPI_INVALID, CONFIG_INVALID (overrides); nothing else
 */
export function importOpenapi(path: string, { overrides: given }: ImportOptions = {}): Import {
  try {
    const files = new DocumentFiles(path);
    const document = files.main(path);
    const version = versionOf(document, path);
    const fresh = () => (given === undefined ? Overrides.none() : Overrides.read(given.path, given.text));
    return checked(path, version, (refused) => drafted({ document, files, path }, fresh(), refused));
  } catch (error) {
    if (isHeadgateError(error)) throw error;
    if (error instanceof ReferenceFailure) throw new HeadgateError('OPENAPI_INVALID', error.message, { cause: error });
    // The stack of a document that nests without end.
    if (error instanceof RangeError)
      throw new HeadgateError('OPENAPI_INVALID', `${path} is nested too deeply`, { cause: error });
    throw error;
  }
}

/** Leaves out what the validator of adapters refuses, so that no draft is wrong. */
function checked(
  path: string,
  version: string,
  draft: (refused: ReadonlyMap<string, string>) => ReturnType<typeof drafted>,
): Import {
  const refused = new Map<string, string>();
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const { draft: made, leftOut, notes, operations } = draft(refused);
    const imported = made.fields.length;
    if (imported === 0) {
      const [first] = leftOut;
      const why = first === undefined ? 'it has none' : `${first.operation} ${first.reason}`;
      throw new HeadgateError('OPENAPI_INVALID', `${path}: no operation can be imported; ${why}`, {
        details: { leftOut },
      });
    }
    const sdl = printDraft(made);
    const problems = problemsOf(sdl);
    if (problems.length === 0) return { sdl, version, operations, imported, leftOut, notes };
    const before = refused.size;
    for (const { coordinate, message } of problems) {
      const name = /^(?:Query|Mutation)\.(\w+)/.exec(coordinate)?.[1];
      const field = made.fields.find((one) => one.name === name);
      if (field !== undefined) refused.set(field.operation.place, `its draft is refused: ${message}`);
    }
    if (refused.size === before) {
      const [{ coordinate = '', message = '' } = {}] = problems;
      throw new HeadgateError('OPENAPI_INVALID', `${path}: the draft is refused at ${coordinate}: ${message}`, {
        details: { problems },
      });
    }
  }
  throw new HeadgateError('OPENAPI_INVALID', `${path}: after ${ROUNDS_MAX} rounds the draft is still refused`);
}

function problemsOf(sdl: string): readonly ConnectProblem[] {
  try {
    readConnectorsFromSdl(sdl, 'draft');
    return [];
  } catch (error) {
    if (!isHeadgateError(error, 'CONNECT_INVALID')) throw error;
    return (error.details?.problems ?? []) as readonly ConnectProblem[]; // as: the one place that makes this code puts them there
  }
}

function versionOf(document: Tree, path: string): string {
  const version = textAt(document, 'openapi') ?? textAt(document, 'swagger') ?? String(document.swagger ?? '');
  if (/^(2\.0|3\.[01]\.\d+|3\.[01]|2)$/.test(version)) return version;
  const what =
    version === ''
      ? 'says no version: `openapi: 3.1.0`, `swagger: "2.0"`'
      : `is of version ${version}; 2.0, 3.0 and 3.1 are read`;
  throw new HeadgateError('OPENAPI_INVALID', `${basename(path)} ${what}`);
}
