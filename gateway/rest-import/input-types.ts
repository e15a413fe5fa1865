import type { EnumTypes } from './enum-types';
import { type InputField, type InputType, JSON_SCALAR, LONG_SCALAR, type TypeUse } from './graph';
import { fieldName, NameBook } from './names';
import type { Notes } from './notes';
import { isIdName, NotDrafted } from './output-types';
import { nameOfReference } from './references';
import type { Property, SchemaReader, View } from './schema-view';
import type { TypeNames } from './type-names';

export interface InputUse {
  readonly use: TypeUse;
  readonly target: InputType | null;
}

const LISTS_MAX = 8;
const FIELDS_MAX = 2_000;

/** Makes input types of the schemas of bodies and parameters. */
export class InputTypes {
  readonly all: InputType[] = [];
  readonly #byIdentity = new Map<View['identity'], InputType | null>();
  readonly #schemas: SchemaReader;
  readonly #names: TypeNames;
  readonly #enums: EnumTypes;
  readonly #notes: Notes;

  constructor(schemas: SchemaReader, names: TypeNames, enums: EnumTypes, notes: Notes) {
    this.#schemas = schemas;
    this.#names = names;
    this.#enums = enums;
    this.#notes = notes;
  }

  /**
   * @param textual in a URL or a header, where an id is text whatever it is in JSON
   * @throws {NotDrafted} it is binary
   */
  use(schema: unknown, context: string, name: string, textual: boolean): InputUse {
    const view = this.#schemas.view(schema);
    const isId = isIdName(name);
    const leaf = (type: string): InputUse => ({
      use: { name: type, lists: 0, required: !view.nullable },
      target: null,
    });
    switch (view.kind) {
      case 'string':
        return leaf(isId ? 'ID' : 'String');
      case 'int':
        return leaf(isId && textual ? 'ID' : 'Int');
      case 'long':
        return leaf(isId && textual ? 'ID' : LONG_SCALAR);
      case 'float':
        return leaf('Float');
      case 'boolean':
        return leaf('Boolean');
      case 'enum':
        return leaf(this.#enums.named(view, context));
      case 'list': {
        const { use, target } = this.use(view.items, context, name, textual);
        if (use.lists >= LISTS_MAX) throw new NotDrafted(`is made of more than ${LISTS_MAX} lists`);
        const itemsRequired = use.lists === 0 ? use.required : use.itemsRequired === true;
        return { use: { name: use.name, lists: use.lists + 1, required: !view.nullable, itemsRequired }, target };
      }
      case 'object': {
        const target = this.#object(view, context);
        return { use: { name: target?.name ?? JSON_SCALAR, lists: 0, required: !view.nullable }, target };
      }
      case 'binary':
        throw new NotDrafted('is binary');
      case 'anything':
        if (textual && view.isScalar === true) return leaf('ID');
        this.#notes.add(context, `is ${JSON_SCALAR}: it ${view.why}`);
        return leaf(JSON_SCALAR);
    }
  }

  /** Properties of an object that may stand in a URL as parameters of their own; null when it is none. */
  properties(schema: unknown): ReadonlyMap<string, Property> | null {
    const view = this.#schemas.view(schema);
    return view.kind === 'object' ? view.properties : null;
  }

  /** Items that a list may have. */
  maxItems(schema: unknown): number | null {
    const view = this.#schemas.view(schema);
    return view.kind === 'list' ? view.maxItems : null;
  }

  #object(view: View & { kind: 'object' }, context: string): InputType | null {
    const known = this.#byIdentity.get(view.identity);
    if (known !== undefined) return known;
    // What may have more than it says loses nothing as JSON.
    if (view.open === true) {
      this.#notes.add(context, `is ${JSON_SCALAR}: it has properties whose names are not known`);
      this.#byIdentity.set(view.identity, null);
      return null;
    }
    const wanted = view.reference === null ? context : nameOfReference(view.reference);
    const name = this.#names.take(wanted, view.reference, 'Input');
    const type: InputType = { kind: 'input', name, description: view.description, fields: [] };
    this.#byIdentity.set(view.identity, type);
    this.all.push(type);
    try {
      this.#fill(type, view);
    } catch (error) {
      this.#drop(type);
      this.#byIdentity.delete(view.identity);
      throw error;
    }
    if (type.fields.length > 0) return type;
    this.#drop(type);
    this.#byIdentity.set(view.identity, null);
    return null;
  }

  #fill(type: InputType, { properties }: View & { kind: 'object' }): void {
    const names = new NameBook();
    for (const [wire, property] of [...properties].slice(0, FIELDS_MAX)) {
      const field = this.#field(type.name, wire, property);
      if (field !== null) type.fields.push({ ...field, name: names.take(field.name) });
    }
  }

  #drop(type: InputType): void {
    this.all.splice(this.all.indexOf(type), 1);
  }

  #field(type: string, wire: string, property: Property): InputField | null {
    if (property.readOnly) return null;
    const place = `${type}.${wire}`;
    const view = this.#schemas.view(property.schema);
    try {
      const { use, target } = this.use(property.schema, `${type.replace(/Input$/, '')} ${wire}`, wire, false);
      const required = property.required && use.required && !hasDefault(property.schema);
      return { name: fieldName(wire), wire, description: view.description, use: { ...use, required }, target };
    } catch (error) {
      if (!(error instanceof NotDrafted)) throw error;
      if (property.required) throw new NotDrafted(`needs ${place}, which ${error.message}`);
      this.#notes.add(place, `is left out: it ${error.message}`);
      return null;
    }
  }
}

function hasDefault(schema: unknown): boolean {
  return typeof schema === 'object' && schema !== null && 'default' in schema;
}
