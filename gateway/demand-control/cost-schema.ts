import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
  getNamedType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { costDirectivesOf, type ListedType, type ListSize } from '../supergraph/cost-directives';
import type { Supergraph } from '../supergraph/supergraph';

/** An object is one unit of work unless somebody says otherwise. */
const OBJECT_WEIGHT = 1;

/** All that costs depend on of one field of one type, whatever type an object turns out to be. */
export interface FieldCosts {
  /** Null: nobody knows the field. */
  readonly type: ListedType | null;
  /** Of each instance. Never negative. */
  readonly weight: number;
  /** Of the field, and of the same field on the types that objects may have. */
  readonly listSizes: readonly ListSize[];
}

/** What a supergraph says of the cost of its fields. */
export class CostSchema {
  readonly #supergraph: Supergraph;
  readonly #weights: ReadonlyMap<string, number>;
  readonly #listSizes: ReadonlyMap<string, ListSize>;
  readonly #hidden: ReadonlyMap<string, ListedType>;

  constructor(supergraph: Supergraph) {
    const { weights, listSizes, hiddenFields } = costDirectivesOf(supergraph);
    this.#supergraph = supergraph;
    this.#weights = weights;
    this.#listSizes = listSizes;
    this.#hidden = hiddenFields;
  }

  rootType(kind: 'query' | 'mutation'): string {
    const { apiSchema } = this.#supergraph;
    const type = kind === 'query' ? apiSchema.getQueryType() : apiSchema.getMutationType();
    return type?.name ?? (kind === 'query' ? 'Query' : 'Mutation');
  }

  /** Names of the object types that objects of these types may have. */
  possibleTypes(types: readonly string[]): ReadonlySet<string> {
    return new Set(types.flatMap((type) => [...(this.#supergraph.possibleTypes.get(type) ?? [type])]));
  }

  /** Of an abstract type the highest of its members. */
  objectWeight(types: readonly string[]): number {
    let weight = 0;
    for (const type of [...types, ...this.possibleTypes(types)]) {
      const isAbstract = this.#supergraph.possibleTypes.has(type);
      weight = Math.max(weight, this.#weights.get(type) ?? (isAbstract ? 0 : OBJECT_WEIGHT));
    }
    return weight;
  }

  /** @param isLeaf nothing is selected below it */
  field(parents: readonly string[], name: string, isLeaf: boolean): FieldCosts {
    const holders = this.#holders(parents);
    let weight = 0;
    let type: ListedType | null = null;
    for (const holder of holders) {
      const own = this.#typeOf(holder, name);
      type ??= own;
      const plain = own === null ? Number(!isLeaf) : this.#typeWeight(own.name, isLeaf);
      weight = Math.max(weight, this.#weights.get(`${holder}.${name}`) ?? plain);
    }
    const listSizes = holders.flatMap((holder) => this.#listSizes.get(`${holder}.${name}`) ?? []);
    return { type, weight, listSizes };
  }

  /** The most that an argument costs by itself; undefined when nobody says. */
  argumentWeight(parents: readonly string[], field: string, argument: string): number | undefined {
    const given = this.#holders(parents).flatMap((type) => this.#weights.get(`${type}.${field}(${argument})`) ?? []);
    return given.length === 0 ? undefined : Math.max(...given);
  }

  /** The type of an argument; undefined where clients do not see it. */
  argumentType(parents: readonly string[], field: string, argument: string): GraphQLInputType | undefined {
    return this.#argument(parents, field, argument)?.type;
  }

  /** What a field takes where an argument is not given. */
  argumentDefault(parents: readonly string[], field: string, argument: string): unknown {
    return this.#argument(parents, field, argument)?.defaultValue;
  }

  inputFieldWeight(type: string, field: string): number | undefined {
    return this.#weights.get(`${type}.${field}`);
  }

  #argument(parents: readonly string[], field: string, argument: string) {
    for (const holder of this.#holders(parents)) {
      const found = this.#apiField(holder, field)?.args.find(({ name }) => name === argument);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The types themselves, then those that their objects may have. */
  #holders(parents: readonly string[]): readonly string[] {
    return [...new Set([...parents, ...this.possibleTypes(parents)])];
  }

  #typeWeight(name: string, isLeaf: boolean): number {
    return isLeaf ? Math.max(0, this.#weights.get(name) ?? 0) : this.objectWeight([name]);
  }

  #apiField(holder: string, name: string): GraphQLField<unknown, unknown> | undefined {
    const type = this.#supergraph.apiSchema.getType(holder);
    return isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
  }

  #typeOf(holder: string, name: string): ListedType | null {
    const seen = this.#apiField(holder, name);
    if (seen === undefined) return this.#hidden.get(`${holder}.${name}`) ?? null;
    return { name: getNamedType(seen.type).name, lists: listsIn(seen.type) };
  }
}

function listsIn(type: GraphQLOutputType): number {
  if (isNonNullType(type)) return listsIn(type.ofType as GraphQLOutputType); // as: what an output type wraps is one
  return isListType(type) ? 1 + listsIn(type.ofType) : 0;
}

const schemas = new WeakMap<Supergraph, CostSchema>();

export function costSchemaOf(supergraph: Supergraph): CostSchema {
  let found = schemas.get(supergraph);
  if (found === undefined) {
    found = new CostSchema(supergraph);
    schemas.set(supergraph, found);
  }
  return found;
}
