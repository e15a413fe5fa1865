import { basename } from 'node:path';
import { type AnswerForm, answerOf } from './answer-of';
import { findEntities } from './entities';
import { EnumTypes } from './enum-types';
import { Contradictions } from './examples';
import type { DocumentFiles } from './files';
import { breakInputCircles } from './input-circles';
import { InputTypes } from './input-types';
import { camelName, NameBook } from './names';
import { type LeftOut, type Note, Notes } from './notes';
import { type Operation, readOperations } from './operations';
import { NotDrafted, OutputTypes, type OutputUse } from './output-types';
import type { Overrides } from './overrides';
import { notePaging } from './paging';
import type { Draft } from './print-draft';
import { References } from './references';
import { requestOf } from './request-of';
import type { RootField } from './root-field';
import { SchemaReader } from './schema-view';
import { baseUrlOf, errorMessageOf, serverUrl } from './source-of';
import { takeApart } from './take-apart';
import { type Tree, textAt, treeAt } from './tree';
import { TypeNames } from './type-names';

export interface ReadDocument {
  readonly document: Tree;
  readonly files: DocumentFiles;
  readonly path: string;
}

export interface Drafted {
  readonly draft: Draft;
  readonly operations: number;
  readonly leftOut: readonly LeftOut[];
  readonly notes: readonly Note[];
}

/** Methods that a connector has. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);

/** @param refused operations that are left out, with the reason, by their place */
export function drafted(given: ReadDocument, overrides: Overrides, refused: ReadonlyMap<string, string>): Drafted {
  const { document, files, path } = given;
  const notes = new Notes();
  const references = new References(files);
  const schemas = new SchemaReader(references);
  const operations = readOperations(document, references);
  const names = new TypeNames(namedSchemas(document, files, path));
  const enums = new EnumTypes(names);
  const read = operations.filter((one) => 'answers' in one);
  const contradictions = new Contradictions(read, schemas);
  const outputs = new OutputTypes(schemas, names, enums, overrides, contradictions, notes);
  const inputs = new InputTypes(schemas, names, enums, notes);
  const baseUrl = overrides.source.base_url?.replace(/\/+$/, '') ?? baseUrlOf(document, notes);
  const fields: RootField[] = [];
  const leftOut: LeftOut[] = [];
  const rootNames = { Query: new NameBook(), Mutation: new NameBook() };
  for (const one of operations) {
    const { place, operationId } = one;
    try {
      const reason = 'failure' in one ? one.failure : refused.get(place);
      if (reason !== undefined || 'failure' in one) throw new NotDrafted(reason ?? '');
      fields.push(rootFieldOf(one, { outputs, inputs, overrides, notes, rootNames, baseUrl }));
    } catch (error) {
      if (!(error instanceof NotDrafted)) throw error;
      leftOut.push({ operation: place, operationId, reason: error.message });
    }
  }
  const bulk = findEntities(fields, outputs.all, overrides);
  takeApart(
    fields.flatMap(({ target }) =>
      target === null ? [] : (target.union?.members.map(({ type }) => type) ?? [target]),
    ),
    notes,
  );
  breakInputCircles(inputs.all);
  for (const field of fields) notePaging(field, notes);
  noteSecurity(fields, notes);
  const webhooks = Object.keys(treeAt(document, 'webhooks')).length;
  if (webhooks > 0) notes.add('webhooks', `${webhooks} are left out: the service calls them, nobody asks for them`);
  if (!fields.some(({ root }) => root === 'Query'))
    notes.add('Query', 'has no field, and a graph needs one: let an operation be one in the overrides (root: query)');
  // In the first round: what is refused later has been there.
  if (refused.size === 0) overrides.refuseUnused();
  const answers = read.flatMap((one) => one.answers);
  const info = treeAt(document, 'info');
  const title = [textAt(info, 'title'), textAt(info, 'version')].filter((text) => text !== null).join(' ');
  const draft: Draft = {
    origin: title === '' ? basename(path) : `${basename(path)}: ${title}`,
    source: { name: overrides.source.name ?? 'api', baseUrl, errorMessage: errorMessageOf(answers, schemas) },
    fields,
    bulk,
    types: outputs.all,
    enums: enums.all,
    inputs: inputs.all,
  };
  return { draft, operations: operations.length, leftOut, notes: notes.all() };
}

interface Drafting {
  readonly outputs: OutputTypes;
  readonly inputs: InputTypes;
  readonly overrides: Overrides;
  readonly notes: Notes;
  readonly rootNames: Readonly<Record<RootField['root'], NameBook>>;
  readonly baseUrl: string;
}

/** @throws {NotDrafted} with the reason */
function rootFieldOf(
  operation: Operation,
  { outputs, inputs, overrides, notes, rootNames, baseUrl }: Drafting,
): RootField {
  const override = overrides.operation(operation);
  const { method, operationId, path } = operation;
  if (override.leave_out === true) throw new NotDrafted('is left out, as the overrides say');
  if (!METHODS.has(method)) throw new NotDrafted(`has the method ${method}, which no connector has`);
  if (path === '/' && new URL(baseUrl).pathname !== '/')
    notes.add(operation.place, 'is asked for without a slash behind the path of the base URL');
  const wanted = camelName(operationId ?? `${method.toLowerCase()} ${path}`);
  const answer = answerOf(operation);
  const request = requestOf(operation, wanted, inputs, notes);
  const { use, target } = outputOf(answer, wanted, outputs);
  const root =
    override.root === undefined
      ? method === 'GET'
        ? 'Query'
        : 'Mutation'
      : override.root === 'query'
        ? 'Query'
        : 'Mutation';
  const [server] = operation.servers;
  const own = server === undefined ? null : serverUrl(server);
  return {
    operation,
    root,
    name: rootNames[root].take(override.name ?? wanted),
    answer: answer.kind,
    // One that fails must not take the others along.
    use: { ...use, required: false },
    target,
    request,
    entity: false,
    base: own === baseUrl ? null : own,
  };
}

function outputOf(answer: AnswerForm, name: string, outputs: OutputTypes): OutputUse {
  if (answer.kind === 'nothing') return { use: { name: 'Boolean', lists: 0, required: false }, target: null };
  if (answer.kind === 'text') return { use: { name: 'String', lists: 0, required: false }, target: null };
  return outputs.use(answer.schema, `${name} Result`);
}

/** Schemas that have names of their own. */
function namedSchemas(document: Tree, files: DocumentFiles, path: string): readonly (readonly [string, string])[] {
  const at = files.pathOf(path);
  return [
    ...Object.keys(treeAt(treeAt(document, 'components'), 'schemas')).map(
      (name) => [`${at}#/components/schemas/${escaped(name)}`, name] as const,
    ),
    ...Object.keys(treeAt(document, 'definitions')).map(
      (name) => [`${at}#/definitions/${escaped(name)}`, name] as const,
    ),
  ];
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function noteSecurity(fields: readonly RootField[], notes: Notes): void {
  const schemes = [...new Set(fields.flatMap(({ operation }) => operation.security))].sort();
  if (schemes.length === 0) return;
  notes.add(
    'security',
    `operations need ${schemes.join(', ')}: give the header by rules of headgate.yaml, or in @source from $config or $env`,
  );
}
