import type { BulkLookup } from './entities';
import { type EnumType, type InputType, JSON_SCALAR, LONG_SCALAR, type ObjectType, writeUse } from './graph';
import { type RequestDraft, writeArgument } from './request-of';
import type { RootField } from './root-field';
import { selectionOf } from './selection';
import { key, path, sdlDescription, sdlMapping, sdlString } from './text';

/** All that a draft is printed from. */
export interface Draft {
  /** First line of the file: what it was made of. */
  readonly origin: string;
  readonly source: { readonly name: string; readonly baseUrl: string; readonly errorMessage: string | null };
  readonly fields: readonly RootField[];
  readonly bulk: readonly BulkLookup[];
  readonly types: readonly ObjectType[];
  readonly enums: readonly EnumType[];
  readonly inputs: readonly InputType[];
}

/** What the first line of every draft begins with. */
export const DRAFT_MARK = '# Drafted by headgate rest import';

const BATCH_SIZE = 50;

/** The SDL of a draft: the same draft, the same text. */
export function printDraft(draft: Draft): string {
  const { source, fields } = draft;
  const types = reachable(draft);
  // The language has what tells unions apart from v0.4 on.
  const version = types.some(({ union }) => union !== null) ? 'v0.4' : 'v0.3';
  const parts = [
    `${DRAFT_MARK} from ${draft.origin.replace(/\s+/g, ' ')}\n${schemaOf(source, version)}`,
    rootType(
      'Query',
      fields.filter(({ root }) => root === 'Query'),
      source.name,
    ),
    rootType(
      'Mutation',
      fields.filter(({ root }) => root === 'Mutation'),
      source.name,
    ),
    ...types.map((type) => objectType(type, draft)),
    ...usedInputs(draft).map(inputType),
  ];
  const body = parts.filter((part) => part !== '').join('\n');
  const used = new Set([...body.matchAll(/: \[*([A-Za-z_]\w*)/g)].map(([, name]) => name));
  const enums = draft.enums.filter(({ name }) => used.has(name)).map(enumType);
  const scalars = [JSON_SCALAR, LONG_SCALAR].filter((name) => used.has(name)).map((name) => `scalar ${name}\n`);
  return [body, ...enums, ...scalars].join('\n');
}

function schemaOf({ name, baseUrl, errorMessage }: Draft['source'], version: string): string {
  const errors = errorMessage === null ? '' : `, errors: { message: ${sdlString(errorMessage)} }`;
  return [
    'extend schema',
    '  @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key"])',
    `  @link(url: "https://specs.apollo.dev/connect/${version}", import: ["@connect", "@source"])`,
    `  @source(name: ${sdlString(name)}, http: { baseURL: ${sdlString(baseUrl)} }${errors})`,
    '',
  ].join('\n');
}

function rootType(name: string, fields: readonly RootField[], source: string): string {
  if (fields.length === 0) return '';
  return `type ${name} {\n${fields.map((field) => rootField(field, source)).join('')}}\n`;
}

function rootField(field: RootField, source: string): string {
  const { operation, name, request, use } = field;
  const given = request.arguments;
  const described = given.some(({ description }) => sdlDescription(description, '') !== '');
  const args = !described
    ? given.map(writeArgument).join(', ')
    : `\n${given.map((one) => `${sdlDescription(one.description, '    ')}    ${writeArgument(one)}\n`).join('')}  `;
  const signature = `  ${name}${args === '' ? '' : `(${args})`}: ${writeUse(use)}`;
  const deprecated = operation.deprecated ? ' @deprecated' : '';
  const lines = connector(operation.method, request, source, field.base, selectionText(field), '    ', [
    ...(field.entity ? ['entity: true'] : []),
  ]);
  return `${sdlDescription(operation.summary, '  ')}${signature}${deprecated}\n${lines}`;
}

function selectionText({ answer, target, use }: RootField): string {
  if (answer === 'nothing') return '$(true)';
  if (target === null) return '$';
  const lines = selectionOf(target);
  // Fields at the top apply to the items of one list.
  return use.lists <= 1 && target.union === null
    ? lines.join('\n')
    : `$ {\n${lines.map((line) => `  ${line}`).join('\n')}\n}`;
}

function connector(
  method: string,
  request: RequestDraft,
  source: string,
  base: string | null,
  selection: string,
  indent: string,
  more: readonly string[],
): string {
  const inner = `${indent}    `;
  const http = [
    `${method}: ${sdlString((base ?? '') + request.url)}`,
    ...(request.queryParams === null ? [] : [`queryParams: ${sdlMapping(request.queryParams, inner)}`]),
    ...(request.headers.length === 0 ? [] : [`headers: [${request.headers.map(header).join(', ')}]`]),
    ...(request.body === null ? [] : [`body: ${sdlMapping(request.body, inner)}`]),
  ];
  const oneLine = `http: { ${http.join(', ')} }`;
  const written =
    oneLine.includes('\n') || oneLine.length > 100
      ? `http: {\n${http.map((line) => `${inner}${line}\n`).join('')}${indent}  }`
      : oneLine;
  const lines = [
    ...(base === null ? [`source: ${sdlString(source)}`] : []),
    written,
    ...more,
    `selection: ${sdlMapping(selection, `${indent}  `)}`,
  ];
  return `${indent}@connect(\n${lines.map((line) => `${indent}  ${line}\n`).join('')}${indent})\n`;
}

function header({ name, value }: RequestDraft['headers'][number]): string {
  return `{ name: ${sdlString(name)}, value: ${sdlString(value)} }`;
}

function objectType(type: ObjectType, { bulk, source }: Draft): string {
  if (type.union !== null) {
    const members = [...new Set(type.union.members.map(({ type: { name } }) => name))].join(' | ');
    return `${sdlDescription(type.description, '')}union ${type.name} = ${members}\n`;
  }
  const resolvable = type.lookedUp ? '' : ', resolvable: false';
  const keyed = type.key === null ? '' : `\n  @key(fields: ${sdlString(type.key)}${resolvable})`;
  const lookups = bulk.filter((one) => one.type === type).map((one) => bulkConnector(one, source.name));
  const open = keyed === '' ? ' {' : `${keyed}\n${lookups.join('')}{`;
  const fields = type.fields.map(
    ({ name, use, description }) => `${sdlDescription(description, '  ')}  ${name}: ${writeUse(use)}\n`,
  );
  return `${sdlDescription(type.description, '')}type ${type.name}${open}\n${fields.join('')}}\n`;
}

function bulkConnector({ type, field, argument, list, maxSize }: BulkLookup, source: string): string {
  const keys = `$batch.${type.key}`;
  const value = argument.to.join === null ? keys : `${keys}->joinNotNull(${JSON.stringify(argument.to.join)})`;
  const request = { ...field.request, queryParams: `${key(argument.to.name)}: ${value}`, headers: [], body: null };
  const lines = selectionOf(type);
  const selection =
    list === null ? lines.join('\n') : `${listPath(list)} {\n${lines.map((line) => `  ${line}`).join('\n')}\n}`;
  const size = maxSize ?? argument.maxItems ?? BATCH_SIZE;
  return connector('GET', request, source, field.base, selection, '  ', [`batch: { maxSize: ${size} }`]);
}

function listPath(name: string): string {
  const from = path(name);
  return from.startsWith('$') ? from : `$.${from}`;
}

/** Types that the fields lead to, in the order in which they were met. */
function reachable({ fields, types }: Draft): readonly ObjectType[] {
  const found = new Set<ObjectType>();
  const open = fields.flatMap(({ target }) => target ?? []);
  for (let type = open.pop(); type !== undefined; type = open.pop()) {
    if (found.has(type)) continue;
    found.add(type);
    open.push(
      ...type.fields.flatMap(({ target }) => target ?? []),
      ...(type.union?.members.map((one) => one.type) ?? []),
    );
  }
  return types.filter((type) => found.has(type));
}

function usedInputs({ fields, inputs }: Draft): readonly InputType[] {
  const byName = new Map(inputs.map((type) => [type.name, type]));
  const found = new Set<InputType>();
  const open = fields.flatMap(({ request }) => request.arguments.flatMap(({ use }) => byName.get(use.name) ?? []));
  for (let type = open.pop(); type !== undefined; type = open.pop()) {
    if (found.has(type)) continue;
    found.add(type);
    open.push(...type.fields.flatMap(({ target }) => target ?? []));
  }
  return inputs.filter((type) => found.has(type));
}

function inputType({ name, description, fields }: InputType): string {
  const lines = fields.map((one) => `${sdlDescription(one.description, '  ')}  ${one.name}: ${writeUse(one.use)}\n`);
  return `${sdlDescription(description, '')}input ${name} {\n${lines.join('')}}\n`;
}

function enumType({ name, description, values }: EnumType): string {
  return `${sdlDescription(description, '')}enum ${name} {\n${values.map((value) => `  ${value}\n`).join('')}}\n`;
}
