import { isForwardable } from '../transport/header-names';
import { type InputType, JSON_SCALAR, type TypeUse, writeUse } from './graph';
import type { InputTypes } from './input-types';
import { fieldName, NameBook } from './names';
import type { Notes } from './notes';
import { type Body, isJsonType, isTextType, type Operation, type Parameter } from './operations';
import { NotDrafted } from './output-types';
import { key, quoted } from './text';

/** An argument of a root field. */
export interface Argument {
  readonly name: string;
  readonly use: TypeUse;
  readonly description: string | null;
  /** Where it goes, with the name that it has there. */
  readonly to: { readonly in: string; readonly name: string; readonly join: string | null };
  /** Items that a list may have; null when nothing says so. */
  readonly maxItems: number | null;
}

/** The request of a connector, as far as it is written. */
export interface RequestDraft {
  readonly arguments: readonly Argument[];
  readonly url: string;
  readonly queryParams: string | null;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly body: string | null;
}

/** Headers that a document may name and that are not its to set. */
const NOT_ARGUMENTS: ReadonlySet<string> = new Set(['accept', 'content-type', 'authorization']);
const FORM = 'application/x-www-form-urlencoded';
const MAPPED_FIELDS_MAX = 300;

/** @throws {NotDrafted} it needs what a connector cannot send */
export function requestOf(operation: Operation, context: string, inputs: InputTypes, notes: Notes): RequestDraft {
  const names = new NameBook();
  const given = operation.parameters
    .flatMap((one) => parametersOf(one, inputs))
    .flatMap((one) => argumentOf(one, operation, context, inputs, notes, names) ?? []);
  const known = new Set(given.filter(({ to }) => to.in === 'path').map(({ to }) => to.name));
  for (const name of placeholders(operation.path.replace(/#.*$/s, ''))) {
    if (known.has(name)) continue;
    notes.add(operation.place, `has no parameter {${name}}; it is taken for text`);
    const use: TypeUse = { name: 'ID', lists: 0, required: true };
    given.push({
      name: names.take(fieldName(name)),
      use,
      description: null,
      to: { in: 'path', name, join: ',' },
      maxItems: null,
    });
  }
  const body = operation.body === null ? null : bodyOf(operation.body, operation, context, inputs, notes, names);
  const query = given.filter(({ to }) => to.in === 'query');
  const headers = given
    .filter(({ to }) => to.in === 'header')
    .map((one) => ({ name: one.to.name, value: `{${sentValue(one)}}` }));
  return {
    arguments: [...given, ...(body === null ? [] : [body.argument])],
    url: urlOf(operation.path, given),
    queryParams: query.length === 0 ? null : query.map((one) => `${key(one.to.name)}: ${sentValue(one)}`).join('\n'),
    headers: [...headers, ...(body?.headers ?? [])],
    body: body?.mapping ?? null,
  };
}

/** An object in the query is a parameter for each of its properties, of a name that the style gives. */
function parametersOf(parameter: Parameter, inputs: InputTypes): readonly Parameter[] {
  const { name, in: place, style, join, required, isContent } = parameter;
  const isDeep = style === 'deepObject';
  if (place !== 'query' || isContent || !(isDeep || (style === 'form' && join === null))) return [parameter];
  const properties = inputs.properties(parameter.schema);
  if (properties === null) return [parameter];
  return [...properties].map(([inner, { schema, required: isNeeded }]) => ({
    ...parameter,
    name: isDeep ? `${name}[${inner}]` : inner,
    required: required && isNeeded,
    description: null,
    schema,
  }));
}

function argumentOf(
  parameter: Parameter,
  { place }: Operation,
  context: string,
  inputs: InputTypes,
  notes: Notes,
  names: NameBook,
): Argument | null {
  const { name, required, schema, join } = parameter;
  const why = refusal(parameter);
  if (why === 'silently') return null;
  const leftOut = (reason: string): null => {
    if (required) throw new NotDrafted(`needs the ${parameter.in} parameter ${name}, which ${reason}`);
    notes.add(place, `the ${parameter.in} parameter ${name} is left out: it ${reason}`);
    return null;
  };
  if (why !== null) return leftOut(why);
  try {
    const { use, target } = inputs.use(schema, `${context} ${name}`, name, true);
    if (target !== null || use.name === JSON_SCALAR) return leftOut('is an object, which has no one form in a URL');
    if (use.lists > 1) return leftOut('is a list of lists');
    const argument = names.take(fieldName(name));
    return {
      name: argument,
      use: { ...use, required },
      description: parameter.description,
      to: { in: parameter.in, name, join: use.lists === 0 ? null : join },
      maxItems: inputs.maxItems(schema),
    };
  } catch (error) {
    if (error instanceof NotDrafted && !required) return leftOut(error.message);
    throw error;
  }
}

/** Why a parameter is no argument; `silently` for what is no part of the data. */
function refusal({ in: place, name, isContent, style }: Parameter): string | null {
  if (isContent) return 'is a text of its own format in the URL';
  if (place === 'cookie') return 'is a cookie';
  if (place === 'header') {
    if (NOT_ARGUMENTS.has(name.toLowerCase())) return 'silently';
    return isForwardable(name.toLowerCase()) ? null : 'is a header that no adapter may set';
  }
  if (place === 'path' && (style === 'matrix' || style === 'label')) return `has the style ${style}`;
  return place === 'path' || place === 'query' ? null : `stands in ${place}`;
}

function placeholders(path: string): readonly string[] {
  return [...path.matchAll(/\{([^{}]+)\}/g)].map(([, name = '']) => name);
}

/** Without a fragment, by which documents tell paths apart that are the same. */
function urlOf(path: string, given: readonly Argument[]): string {
  return path.replace(/#.*$/s, '').replace(/\{([^{}]+)\}/g, (_, name: string) => {
    const argument = given.find(({ to }) => to.in === 'path' && to.name === name);
    return argument === undefined ? `{${name}}` : `{${sentValue(argument)}}`;
  });
}

function sentValue({ name, to, use }: Argument): string {
  const path = `$args.${name}`;
  return use.lists > 0 && (to.join !== null || to.in !== 'query')
    ? `${path}->joinNotNull(${quoted(to.join ?? ',')})`
    : path;
}

interface BodyDraft {
  readonly argument: Argument;
  readonly mapping: string;
  readonly headers: RequestDraft['headers'];
}

/** @throws {NotDrafted} none of its forms can be sent, and one must be */
function bodyOf(
  { content, required, description }: Body,
  { place }: Operation,
  context: string,
  inputs: InputTypes,
  notes: Notes,
  names: NameBook,
): BodyDraft | null {
  const types = [...content.keys()];
  const type = types.find(isJsonType) ?? types.find((one) => one.startsWith(FORM)) ?? types.find(isTextType);
  if (type === undefined) {
    const what = types.length === 0 ? 'a body of no type' : types.join(', ');
    if (required || types.length > 0) throw new NotDrafted(`takes ${what}, which no connector can send`);
    return null;
  }
  const isText = !isJsonType(type) && isTextType(type);
  const { use, target } = isText
    ? { use: { name: 'String', lists: 0, required: true }, target: null }
    : inputs.use(content.get(type) ?? {}, context, 'input', false);
  const argument: Argument = {
    name: names.take('input'),
    use: { ...use, required },
    description,
    to: { in: 'body', name: 'input', join: null },
    maxItems: null,
  };
  const isForm = !isText && !isJsonType(type);
  if (isForm && (use.lists > 0 || (target === null && use.name !== JSON_SCALAR)))
    throw new NotDrafted('takes a form that is no object');
  const mapping = mappingOf(`$args.${argument.name}`, target);
  if (mapping === null) {
    const reason = 'its input type refers to itself and has names that GraphQL cannot have';
    notes.add(place, `the body is ${JSON_SCALAR}: ${reason}`);
    const json = { ...argument, use: { name: JSON_SCALAR, lists: use.lists, required } };
    return { argument: json, mapping: `$args.${argument.name}`, headers: [] };
  }
  const header = isForm ? FORM : isText ? 'text/plain' : null;
  return { argument, mapping, headers: header === null ? [] : [{ name: 'content-type', value: header }] };
}

/** The argument as it is; with names of the service where GraphQL has others. Null when that cannot be written. */
function mappingOf(path: string, target: InputType | null): string | null {
  if (target === null || !isRenamed(target, new Set())) return path;
  const budget = { left: MAPPED_FIELDS_MAX };
  const fields = fieldsOf(target, [], budget);
  return fields === null ? null : `${path} ${fields}`;
}

function isRenamed(type: InputType, seen: Set<InputType>): boolean {
  if (seen.has(type)) return false;
  seen.add(type);
  return type.fields.some(({ name, wire, target }) => name !== wire || (target !== null && isRenamed(target, seen)));
}

function fieldsOf(type: InputType, above: readonly InputType[], budget: { left: number }): string | null {
  if (above.includes(type)) return null;
  const lines: string[] = [];
  for (const { name, wire, target } of type.fields) {
    budget.left -= 1;
    const below = target === null ? '' : fieldsOf(target, [...above, type], budget);
    if (below === null || budget.left < 0) return null;
    const value = below === '' ? name : `${name} ${below}`;
    lines.push(name === wire ? value : `${key(wire)}: ${value}`);
  }
  return `{ ${lines.join(' ')} }`;
}

/** `limit: Int` */
export function writeArgument({ name, use }: Argument): string {
  return `${name}: ${writeUse(use)}`;
}
