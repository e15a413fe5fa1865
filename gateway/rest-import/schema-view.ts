import { ReferenceFailure } from './files';
import { isEnumValue } from './names';
import { nameOfReference, type References } from './references';
import { at, isTree, isTrue, listAt, type Tree, textAt, treeAt, wholeAt } from './tree';

/** What a schema comes to, for GraphQL. */
export type View = ViewBase &
  (
    | { readonly kind: 'int' | 'long' | 'float' | 'boolean' | 'binary' }
    /** `values`: those that it may have, which GraphQL cannot have as an enum. */
    | { readonly kind: 'string'; readonly values?: readonly string[] }
    | { readonly kind: 'enum'; readonly values: readonly string[] }
    | { readonly kind: 'list'; readonly items: unknown; readonly maxItems: number | null }
    /** `forms`: the alternatives that it has the properties of, when a property tells which one a value is. */
    | { readonly kind: 'object'; readonly properties: ReadonlyMap<string, Property>; readonly forms?: Forms }
    /** `isScalar`: though of several kinds, each is text in a URL. */
    | { readonly kind: 'anything'; readonly why: string; readonly isScalar?: boolean }
  );

type ObjectView = View & { readonly kind: 'object' };

interface ViewBase {
  readonly nullable: boolean;
  readonly description: string | null;
  /** Which schema it is: a reference, or the tree itself. */
  readonly identity: string | Tree;
  readonly reference: string | null;
  /** Beside its properties it has others, whose names are not known. */
  readonly open?: true;
}

/** Alternatives, told apart by the value of a property. */
export interface Forms {
  readonly property: string;
  readonly all: readonly { readonly values: readonly string[]; readonly schema: unknown }[];
}

export interface Property {
  readonly schema: unknown;
  readonly required: boolean;
  readonly readOnly: boolean;
  readonly writeOnly: boolean;
}

const INT_MAX = 2_147_483_647;
const VALUES_MAX = 500;
const MADE_OF_ITSELF = 'is made of itself';
const IS_MAP = 'is a map: its keys are not known';
const SCALARS: ReadonlySet<string> = new Set(['string', 'boolean', 'int', 'long', 'float']);

/** Reads schemas of OpenAPI 2.0, 3.0 and 3.1 (JSON Schema) alike. */
export class SchemaReader {
  readonly #references: References;
  readonly #known = new Map<Tree, View>();
  readonly #under = new Set<Tree>();

  constructor(references: References) {
    this.#references = references;
  }

  /** Never throws: what cannot be followed is `anything`, with the reason. */
  view(schema: unknown): View {
    try {
      const { tree, reference } = this.#references.follow(schema);
      const own = isTree(schema) ? schema : {};
      const base = {
        nullable: isNullable(tree) || isNullable(own),
        description: textAt(own, 'description') ?? textAt(tree, 'description'),
        identity: reference ?? tree,
        reference,
      };
      const known = this.#known.get(tree);
      if (known !== undefined)
        return { ...known, ...base, ...inner(base, known), nullable: base.nullable || known.nullable };
      if (this.#under.has(tree)) return { ...base, kind: 'anything', why: MADE_OF_ITSELF };
      this.#under.add(tree);
      const view = this.#composed(tree, base) ?? plainView(tree, base);
      this.#under.delete(tree);
      this.#known.set(tree, view);
      return view;
    } catch (error) {
      if (!(error instanceof ReferenceFailure)) throw error;
      const tree = isTree(schema) ? schema : {};
      return {
        nullable: true,
        description: null,
        identity: tree,
        reference: null,
        kind: 'anything',
        why: error.message,
      };
    }
  }

  /** Null when nothing is composed. */
  #composed(tree: Tree, base: ViewBase): View | null {
    const alternatives = [...listAt(tree, 'oneOf'), ...listAt(tree, 'anyOf')];
    const parts = listAt(tree, 'allOf');
    if (parts.length === 0 && alternatives.length === 0) return null;
    const own = without(tree, ['oneOf', 'anyOf', 'allOf']);
    const hasOwn = Object.keys(treeAt(own, 'properties')).length > 0;
    if (parts.length > 0) {
      const all = [...parts, ...(alternatives.length > 0 ? [{ oneOf: alternatives }] : []), ...(hasOwn ? [own] : [])];
      return this.#all(all, own, base);
    }
    const one = this.#oneOf(alternatives, base, treeAt(tree, 'discriminator'));
    return hasOwn && one.kind === 'object' ? this.#all([own, { oneOf: alternatives }], own, base) : one;
  }

  /** All of several: one object that has the fields of each. */
  #all(parts: readonly unknown[], own: Tree, base: ViewBase): View {
    const views = parts.map((part) => this.view(part)).filter((view) => !saysNothing(view));
    const [only, ...more] = views;
    if (only === undefined) return { ...base, kind: 'anything', why: 'has no properties' };
    if (more.length === 0) return { ...only, ...inner(base, only), nullable: base.nullable || only.nullable };
    if (!views.every((view) => view.kind === 'object')) {
      const first = views.find((view) => view.kind !== 'anything');
      const same = first !== undefined && views.every((view) => view.kind === 'anything' || view.kind === first.kind);
      return same && first.kind !== 'object'
        ? { ...first, ...base }
        : { ...base, kind: 'anything', why: 'is all of values of several kinds' };
    }
    const required = new Set(listAt(own, 'required'));
    const properties = new Map<string, Property>();
    for (const view of views)
      for (const [name, property] of view.properties) {
        const before = properties.get(name);
        const merged = before === undefined ? property : refined(before, property);
        properties.set(name, { ...merged, required: merged.required || required.has(name) });
      }
    const open = views.some((view) => view.open === true);
    return { ...base, ...(open && { open }), kind: 'object', properties };
  }

  /** One of several: the same kind of value, or one object that has the fields of all, none of them sure. */
  #oneOf(alternatives: readonly unknown[], base: ViewBase, discriminator: Tree): View {
    const all = alternatives.map((one) => this.view(one));
    const nullable = base.nullable || alternatives.some((one) => isNull(one)) || all.some((view) => view.nullable);
    const views = all.filter((_, index) => !isNull(alternatives[index]));
    const schemas = alternatives.filter((one) => !isNull(one));
    const [only, ...more] = views;
    const outer = { ...base, nullable };
    if (only === undefined) return { ...outer, kind: 'anything', why: 'is always null' };
    if (more.length === 0) return { ...only, ...inner(outer, only), nullable };
    if (views.every((view) => view.kind === 'object')) {
      const forms = this.#forms(views, schemas, discriminator);
      return { ...this.#anyObject(views, outer), ...(forms !== null && { forms }) };
    }
    const kinds = new Set<string>(views.map(({ kind }) => (kind === 'enum' ? 'string' : kind)));
    const [kind] = kinds;
    if (
      kinds.size === 1 &&
      (kind === 'string' || kind === 'boolean' || kind === 'int' || kind === 'long' || kind === 'float')
    )
      return { ...outer, kind };
    if ([...kinds].every((one) => one === 'int' || one === 'long')) return { ...outer, kind: 'long' };
    if (kinds.size === 1 && kind === 'list') {
      const items = views.map((view) => (view.kind === 'list' ? view.items : {}));
      return { ...outer, kind: 'list', items: { oneOf: items }, maxItems: null };
    }
    const isScalar = [...kinds].every((one) => SCALARS.has(one));
    return { ...outer, kind: 'anything', why: `is one of ${[...kinds].sort().join(', ')}`, isScalar };
  }

  /** Null when nothing tells them apart for sure. */
  #forms(views: readonly ObjectView[], schemas: readonly unknown[], discriminator: Tree): Forms | null {
    if (views.some(({ forms }) => forms !== undefined)) return null;
    const property = textAt(discriminator, 'propertyName') ?? this.#constantOf(views);
    if (property === null) return null;
    const mapping = Object.entries(treeAt(discriminator, 'mapping'));
    const all = views.map((view, index) => {
      const name = view.reference === null ? null : nameOfReference(view.reference);
      const mapped = mapping
        .filter(([, to]) => name !== null && nameOfReference(`#/${String(to)}`) === name)
        .map(([value]) => value);
      const constants = this.#constants(view, property);
      const values = mapped.length > 0 ? mapped : constants.length > 0 || name === null ? constants : [name];
      return { values, schema: schemas[index] };
    });
    const values = all.flatMap((one) => one.values);
    const isTold = all.every((one) => one.values.length > 0) && new Set(values).size === values.length;
    return isTold && new Set(views.map(({ identity }) => identity)).size === views.length ? { property, all } : null;
  }

  /** A property that has values of its own in each. */
  #constantOf([first, ...more]: readonly ObjectView[]): string | null {
    const names = first === undefined ? [] : [...first.properties.keys()];
    const isConstant = (view: ObjectView, name: string) => this.#constants(view, name).length > 0;
    return names.find((name) => [first, ...more].every((view) => view !== undefined && isConstant(view, name))) ?? null;
  }

  #constants({ properties }: ObjectView, name: string): readonly string[] {
    const property = properties.get(name);
    const view = property === undefined ? null : this.view(property.schema);
    return view?.kind === 'enum' || view?.kind === 'string' ? (view.values ?? []) : [];
  }

  #anyObject(views: readonly ObjectView[], base: ViewBase): ObjectView {
    const properties = new Map<string, Property>();
    const schemas = new Map<string, unknown[]>();
    for (const view of views)
      for (const [name, property] of view.properties) {
        schemas.set(name, [...(schemas.get(name) ?? []), property.schema]);
        properties.set(name, property);
      }
    for (const [name, property] of properties) {
      const all = schemas.get(name) ?? [];
      const everywhere = all.length === views.length && views.every((view) => view.properties.get(name)?.required);
      const schema = all.length === 1 || all.every((one) => sameText(one, all[0])) ? property.schema : { oneOf: all };
      properties.set(name, { ...property, schema, required: everywhere });
    }
    const open = views.some((view) => view.open === true);
    return { ...base, ...(open && { open }), kind: 'object', properties };
  }
}

function inner(base: ViewBase, only: View): Pick<ViewBase, 'description' | 'identity' | 'reference'> {
  return {
    description: base.description ?? only.description,
    identity: only.reference ?? base.reference ?? only.identity,
    reference: only.reference ?? base.reference,
  };
}

/** The later says more, unless it says nothing. */
function refined(before: Property, after: Property): Property {
  const schema = isTree(after.schema) && Object.keys(after.schema).length === 0 ? before.schema : after.schema;
  return { ...after, schema, required: before.required || after.required };
}

function plainView(tree: Tree, base: ViewBase): View {
  const type = typeOf(tree);
  switch (type) {
    case 'object':
      return objectView(tree, base);
    case 'array':
      return { ...base, kind: 'list', items: at(tree, 'items') ?? {}, maxItems: wholeAt(tree, 'maxItems') };
    case 'string':
      return stringView(tree, base);
    case 'integer':
      return { ...base, kind: isLong(tree) ? 'long' : 'int' };
    case 'number':
      return { ...base, kind: /^u?int(32|64)$/.test(textAt(tree, 'format') ?? '') ? 'long' : 'float' };
    case 'boolean':
      return { ...base, kind: 'boolean' };
    case 'file':
      return { ...base, kind: 'binary' };
    case 'null':
      return { ...base, kind: 'anything', why: 'is always null' };
    default:
      return { ...base, kind: 'anything', why: type === null ? 'says nothing of its type' : `is of the type ${type}` };
  }
}

function objectView(tree: Tree, base: ViewBase): View {
  const written = treeAt(tree, 'properties');
  const additional = at(tree, 'additionalProperties');
  if (Object.keys(written).length === 0) {
    const map = isTree(additional) || additional === true;
    return { ...base, kind: 'anything', why: map ? IS_MAP : 'has no properties' };
  }
  const required = new Set(listAt(tree, 'required'));
  const properties = Object.entries(written).map(([name, schema]): [string, Property] => {
    const own = isTree(schema) ? schema : {};
    const sides = { readOnly: isTrue(own, 'readOnly'), writeOnly: isTrue(own, 'writeOnly') };
    return [name, { schema, required: required.has(name), ...sides }];
  });
  const open = isTree(additional) || additional === true;
  return { ...base, ...(open && { open }), kind: 'object', properties: new Map(properties) };
}

function stringView(tree: Tree, base: ViewBase): View {
  if (textAt(tree, 'format') === 'binary') return { ...base, kind: 'binary' };
  const values = valuesOf(tree).filter((value) => value !== null);
  const names = [...new Set(values)].filter(
    (value): value is string => typeof value === 'string' && isEnumValue(value),
  );
  const isEnum = values.length > 0 && values.length <= VALUES_MAX && names.length === new Set(values).size;
  if (isEnum) return { ...base, kind: 'enum', values: names };
  const texts = values.filter((value) => typeof value === 'string');
  return { ...base, kind: 'string', ...(texts.length > 0 && { values: texts }) };
}

/** Values that a schema names, whether GraphQL can have them or not. */
function valuesOf(tree: Tree): readonly unknown[] {
  return Object.hasOwn(tree, 'const') ? [tree.const] : listAt(tree, 'enum');
}

/** Null when nothing tells. */
function typeOf(tree: Tree): string | null {
  const type = at(tree, 'type');
  if (typeof type === 'string') return type;
  if (Array.isArray(type)) {
    const others = type.filter((one) => one !== 'null');
    if (others.length === 1) return String(others[0]);
    if (others.length === 0 && type.length > 0) return 'null';
    if (others.every((one) => one === 'integer' || one === 'number')) return 'number';
    return others.length === 0 ? null : others.join(' or ');
  }
  if (isTree(at(tree, 'properties')) || at(tree, 'additionalProperties') !== undefined) return 'object';
  if (at(tree, 'items') !== undefined) return 'array';
  const values = valuesOf(tree).filter((value) => value !== null);
  if (values.length > 0 && values.every((value) => typeof value === 'string')) return 'string';
  if (values.length > 0 && values.every((value) => Number.isInteger(value))) return 'integer';
  if (values.length > 0 && values.every((value) => typeof value === 'boolean')) return 'boolean';
  return at(tree, 'pattern') === undefined && at(tree, 'minLength') === undefined ? null : 'string';
}

/** Of an integer: whether it may be more than GraphQL's Int. */
function isLong(tree: Tree): boolean {
  const format = textAt(tree, 'format');
  if (format === 'int64' || format === 'uint32' || format === 'uint64') return true;
  const numbers = ['maximum', 'minimum', 'example', 'default'].map((name) => at(tree, name));
  return numbers.some((value) => typeof value === 'number' && Math.abs(value) > INT_MAX && format !== 'int32');
}

function isNullable(tree: Tree): boolean {
  if (isTrue(tree, 'nullable') || isTrue(tree, 'x-nullable')) return true;
  const type = at(tree, 'type');
  return (Array.isArray(type) && type.includes('null')) || listAt(tree, 'enum').includes(null);
}

function isNull(schema: unknown): boolean {
  if (!isTree(schema)) return false;
  if (at(schema, 'type') === 'null') return true;
  const values = valuesOf(schema);
  return values.length > 0 && values.every((value) => value === null);
}

/** A part of an allOf that only describes, or comes back to the whole. */
function saysNothing(view: View): boolean {
  if (view.kind !== 'anything' || view.open === true) return false;
  if (view.why === MADE_OF_ITSELF) return true;
  return view.reference === null && view.why !== IS_MAP;
}

function without(tree: Tree, names: readonly string[]): Tree {
  return Object.fromEntries(Object.entries(tree).filter(([name]) => !names.includes(name)));
}

function sameText(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
