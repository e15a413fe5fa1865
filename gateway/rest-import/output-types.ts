import type { EnumTypes } from './enum-types';
import type { Contradictions } from './examples';
import { JSON_SCALAR, LONG_SCALAR, type ObjectField, type ObjectType, type TypeUse } from './graph';
import { fieldName, NameBook } from './names';
import type { Notes } from './notes';
import type { Overrides } from './overrides';
import { nameOfReference } from './references';
import type { Property, SchemaReader, View } from './schema-view';
import type { TypeNames } from './type-names';

/** What a schema is as the type of a field. */
export interface OutputUse {
  readonly use: TypeUse;
  readonly target: ObjectType | null;
}

/** Why an answer cannot be drafted. */
export class NotDrafted extends Error {
  override readonly name = 'NotDrafted';
}

const LISTS_MAX = 8;
const FIELDS_MAX = 2_000;
const UNION_FIELDS_MAX = 60;

/** Makes object types of the schemas of answers. */
export class OutputTypes {
  readonly all: ObjectType[] = [];
  readonly #byIdentity = new Map<View['identity'], ObjectType | null>();
  readonly #schemas: SchemaReader;
  readonly #names: TypeNames;
  readonly #enums: EnumTypes;
  readonly #overrides: Overrides;
  readonly #notes: Notes;
  readonly #contradictions: Contradictions;

  constructor(
    schemas: SchemaReader,
    names: TypeNames,
    enums: EnumTypes,
    overrides: Overrides,
    contradictions: Contradictions,
    notes: Notes,
  ) {
    this.#contradictions = contradictions;
    this.#schemas = schemas;
    this.#names = names;
    this.#enums = enums;
    this.#overrides = overrides;
    this.#notes = notes;
  }

  /**
   * @param context name for a type whose schema has none
   * @throws {NotDrafted} it is binary
   */
  use(schema: unknown, context: string, isId = false): OutputUse {
    const view = this.#schemas.view(schema);
    const leaf = (name: string): OutputUse => ({ use: { name, lists: 0, required: !view.nullable }, target: null });
    switch (view.kind) {
      case 'string':
        return leaf(isId ? 'ID' : 'String');
      case 'int':
        return leaf(isId ? 'ID' : 'Int');
      case 'long':
        return leaf(isId ? 'ID' : LONG_SCALAR);
      case 'float':
        return leaf('Float');
      case 'boolean':
        return leaf('Boolean');
      case 'enum':
        if (this.#contradictions.hasOtherValues(view.values)) {
          this.#notes.add(context, 'is String: an example has another value than those of its enum');
          return leaf('String');
        }
        return leaf(this.#enums.named(view, context));
      case 'list':
        return this.#list(view, context, isId);
      case 'object':
        return this.#objectUse(view, context);
      case 'binary':
        throw new NotDrafted('is binary');
      case 'anything':
        this.#notes.add(context, `is ${JSON_SCALAR}: it ${view.why}`);
        return leaf(JSON_SCALAR);
    }
  }

  #list(view: View & { kind: 'list' }, context: string, isId: boolean): OutputUse {
    const { use, target } = this.use(view.items, singular(context), isId);
    if (use.lists >= LISTS_MAX) throw new NotDrafted(`is made of more than ${LISTS_MAX} lists`);
    // An item that is null is no reason to lose the list.
    return { use: { name: use.name, lists: use.lists + 1, required: !view.nullable }, target };
  }

  #objectUse(view: View & { kind: 'object' }, context: string): OutputUse {
    const type = this.#object(view, context);
    const name = type === null ? JSON_SCALAR : type.name;
    return { use: { name, lists: 0, required: !view.nullable }, target: type };
  }

  /** Null when nothing is left of it. */
  #object(view: View & { kind: 'object' }, context: string): ObjectType | null {
    const known = this.#byIdentity.get(view.identity);
    if (known !== undefined) return known;
    const draftName = this.#names.take(
      view.reference === null ? context : nameOfReference(view.reference),
      view.reference,
    );
    const { name = draftName } = this.#overrides.type(draftName);
    const type: ObjectType = {
      draftName,
      name,
      description: view.description,
      fields: [],
      union: null,
      key: null,
      lookedUp: false,
    };
    this.#byIdentity.set(view.identity, type);
    this.all.push(type);
    if (this.#isUnion(type, view)) return type;
    if (view.open === true) this.#notes.add(draftName, 'has properties whose names are not known; they are left out');
    const fields = new NameBook();
    for (const [wire, property] of [...view.properties].slice(0, FIELDS_MAX)) {
      const field = this.#field(type, wire, property);
      if (field !== null) type.fields.push({ ...field, name: fields.take(field.name) });
    }
    if (view.properties.size > FIELDS_MAX)
      this.#notes.add(draftName, `has more than ${FIELDS_MAX} properties; the others are left out`);
    if (type.fields.length > 0) return type;
    this.#byIdentity.set(view.identity, null);
    this.all.splice(this.all.indexOf(type), 1);
    return null;
  }

  /** Makes it one of several types, when a property tells which, and they are not too large to name all that they have. */
  #isUnion(type: ObjectType, { forms, properties }: View & { kind: 'object' }): boolean {
    if (forms === undefined || properties.size > UNION_FIELDS_MAX) return false;
    const members = forms.all.flatMap(({ values, schema }) => {
      const view = this.#schemas.view(schema);
      const member = view.kind === 'object' ? this.#object(view, `${type.draftName} ${values[0] ?? ''}`) : null;
      return member === null || member.union !== null ? [] : [{ values, type: member }];
    });
    if (members.length < forms.all.length) return false;
    type.union = { property: forms.property, members };
    return true;
  }

  #field({ draftName }: ObjectType, wire: string, property: Property): ObjectField | null {
    if (property.writeOnly) return null;
    const place = `${draftName}.${wire}`;
    const override = this.#overrides.field(draftName, wire);
    if (override.leaveOut) {
      this.#notes.add(place, 'is left out, as the overrides say');
      return null;
    }
    const name = override.name ?? fieldName(wire);
    if (override.name === undefined && name !== wire)
      this.#notes.add(place, `is \`${name}\`: GraphQL cannot have its name`);
    const view = this.#schemas.view(property.schema);
    try {
      const found = this.use(property.schema, `${draftName} ${wire}`, isIdName(wire));
      const said = property.required && found.use.required;
      const required = said && !this.#contradictions.isMissing(property);
      if (said && !required) this.#notes.add(place, 'may be null: an example of the document is without it');
      const use =
        override.type === undefined ? { ...found.use, required } : { ...found.use, name: override.type, required };
      const target = override.type === undefined ? found.target : null;
      return { name, wire, description: view.description, use, target, keyOnly: false };
    } catch (error) {
      if (!(error instanceof NotDrafted)) throw error;
      this.#notes.add(place, `is left out: it ${error.message}`);
      return null;
    }
  }
}

/** Names of what tells things apart: text to GraphQL, whatever it is to the service. */
export function isIdName(name: string): boolean {
  return /^(_?id|.+(_id|Id|ID))$/.test(name);
}

function singular(context: string): string {
  return / items?$/.test(context) ? context : context.replace(/ies$/, 'y').replace(/([^s])s$/, '$1');
}
