import type { ObjectField, ObjectType } from './graph';
import type { Overrides } from './overrides';
import type { Argument } from './request-of';
import type { RootField } from './root-field';

/** A bulk lookup that the document shows. */
export interface BulkLookup {
  readonly type: ObjectType;
  readonly field: RootField;
  readonly argument: Argument;
  /** Name of the list in the answer; null when the answer is the list. */
  readonly list: string | null;
  /** As the overrides say. */
  readonly maxSize: number | null;
}

const KEY_TYPES: ReadonlySet<string> = new Set(['ID', 'String', 'Int', 'BigInt']);

/** Makes entities of the types that a `GET …/{id}` answers, and finds what answers many of them by a list of ids. */
export function findEntities(
  fields: readonly RootField[],
  all: readonly ObjectType[],
  overrides: Overrides,
): readonly BulkLookup[] {
  for (const field of fields) makeEntity(field, overrides);
  for (const type of all) keyAlone(type, overrides);
  const types = [...new Set(fields.filter(({ entity }) => entity).flatMap(({ target }) => target ?? []))];
  return types.flatMap((type) => bulkLookup(type, fields, overrides) ?? []);
}

function makeEntity(field: RootField, overrides: Overrides): void {
  const { target: type, operation, request, use } = field;
  if (type === null || field.root !== 'Query' || operation.method !== 'GET' || use.lists > 0) return;
  const { entity, lookup } = overrides.type(type.draftName);
  if (entity === false || (lookup !== undefined && lookup !== operation.operationId && lookup !== operation.place))
    return;
  const [argument, ...more] = request.arguments.filter(({ to }) => to.in === 'path');
  if (argument === undefined || more.length > 0 || argument.use.lists > 0) return;
  if (lookup === undefined && !operation.path.replace(/\/$/, '').endsWith(`/{${argument.to.name}}`)) return;
  const key = keyField(type, argument, overrides);
  if (key === null || (type.key !== null && type.key !== key.name) || type.lookedUp) return;
  const others = request.arguments.filter((one) => one !== argument);
  // What is named as a field of the type would count as a part of its key.
  const names = new Set(type.fields.map(({ name }) => name));
  if (others.some(({ name, use: { required } }) => required || names.has(name))) return;
  field.entity = true;
  type.key = key.name;
  key.use = { ...key.use, required: true };
  field.request = renamed(field.request, argument, key);
  type.lookedUp = true;
}

/** A key that the overrides give to what nobody looks up: others may refer to its objects, and not ask for more of them here. */
function keyAlone(type: ObjectType, overrides: Overrides): void {
  const { key, entity } = overrides.type(type.draftName);
  const field = type.fields.find(({ wire, name }) => wire === key || name === key);
  if (type.key !== null || entity === false || field === undefined || field.target !== null) return;
  type.key = field.name;
  field.use = { ...field.use, required: true };
}

/** The field that a path parameter is about: of its name, or `id` for `petId`. */
function keyField(type: ObjectType, { to }: Argument, overrides: Overrides): ObjectField | null {
  const { key: wanted, lookup } = overrides.type(type.draftName);
  const fitting = [to.name, ...(isIdOf(to.name, type) ? ['id', '_id'] : [])];
  // Whoever names the operation as well knows that the parameter is the key, whatever it is called.
  const names =
    wanted === undefined ? fitting : lookup === undefined ? fitting.filter((one) => one === wanted) : [wanted];
  for (const name of names) {
    const found = type.fields.find(({ wire, name: own }) => wire === name || own === name);
    if (found !== undefined && found.target === null && found.use.lists === 0 && KEY_TYPES.has(found.use.name))
      return found;
  }
  return null;
}

function isIdOf(parameter: string, { draftName }: ObjectType): boolean {
  const plain = parameter.toLowerCase().replaceAll(/[_-]/g, '');
  if (plain === 'id') return true;
  const [type, stem] = [draftName.toLowerCase(), plain.replace(/id$/, '')];
  return plain.endsWith('id') && stem !== '' && (type.endsWith(stem) || type.startsWith(stem) || stem.endsWith(type));
}

/** The argument under the name of the key, so that GraphQL finds one by the other. */
function renamed(request: RootField['request'], argument: Argument, key: ObjectField): RootField['request'] {
  const use = { ...argument.use, name: key.use.name };
  const own = { ...argument, name: key.name, use };
  return {
    ...request,
    url: request.url.replace(`{$args.${argument.name}}`, `{$args.${key.name}}`),
    arguments: request.arguments.map((one) => (one === argument ? own : one)),
  };
}

function bulkLookup(type: ObjectType, fields: readonly RootField[], overrides: Overrides): BulkLookup | null {
  const { batch } = overrides.type(type.draftName);
  if (batch === false) return null;
  for (const field of fields) {
    const { operation, request } = field;
    if (batch !== undefined && batch.operation !== operation.operationId && batch.operation !== operation.place)
      continue;
    const list = listOf(field, type);
    if (list === undefined || operation.method !== 'GET') continue;
    const argument = request.arguments.find((one) => one.to.in === 'query' && isListOfKeys(one, type, batch?.argument));
    const others = request.arguments.filter((one) => one !== argument && one.use.required);
    if (argument !== undefined && others.length === 0)
      return { type, field, argument, list, maxSize: batch?.max_size ?? null };
  }
  return null;
}

/** Where in the answer of a field the list of a type is; undefined when it has none, or several. */
function listOf({ target, use }: RootField, type: ObjectType): string | null | undefined {
  if (target === type) return use.lists === 1 ? null : undefined;
  if (target === null || use.lists > 0) return undefined;
  const lists = target.fields.filter((one) => one.target === type && one.use.lists === 1);
  return lists.length === 1 ? lists[0]?.wire : undefined;
}

function isListOfKeys({ use, to }: Argument, { key, draftName }: ObjectType, wanted: string | undefined): boolean {
  if (wanted !== undefined) return to.name === wanted;
  if (use.lists !== 1) return false;
  const plain = to.name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const [own, type] = [(key ?? '').toLowerCase(), draftName.toLowerCase()];
  return [own, `${own}s`, `${type}${own}`, `${type}${own}s`].includes(plain);
}
