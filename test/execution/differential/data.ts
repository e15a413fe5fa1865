import type { Field, Schema, Type } from './schema';

/** An object of some entity type. All of its values follow from its type and id. */
export interface Entity {
  readonly __typename: string;
  readonly id: string;
  /** Field that the way here lets a subgraph answer although another one owns it. */
  readonly provided?: string;
}

const IDS = 3;

function hash(text: string): number {
  let value = 2_166_136_261;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 16_777_619) >>> 0;
  return (value ^ (value >>> 13)) >>> 0;
}

export function entitiesOf(typename: string): Entity[] {
  return Array.from({ length: IDS }, (_, index) => ({ __typename: typename, id: String(index + 1) }));
}

/** What a field with a requirement makes of the required value. */
export function derived(field: Field, required: unknown): string {
  const { requires } = field;
  const seen = requires?.kind === 'info' && required !== null ? (required as { a: unknown }).a : required; // as: an Info
  return `${field.name} of ${JSON.stringify(seen)}`;
}

/** The true value of a field. */
export function trueValue(schema: Schema, type: Type, field: Field, id: string, n: number): unknown {
  if (field.requires !== null)
    return derived(field, trueValue(schema, type, field.requires, id, field.requires.hasArgument ? 2 : 1));
  const seed = hash(`${type.name}.${field.name}:${id}`);
  if (!field.nonNull && seed % 6 === 0) return null;
  const pick = (typename: string, from: number): Entity => ({ __typename: typename, id: String((from % IDS) + 1) });
  const nodes = schema.types.filter(({ isNode }) => isNode);
  switch (field.kind) {
    case 'Int':
      return (seed % 100) + n;
    case 'String':
      return `${field.name}-${id}-${n}`;
    case 'list':
      return Array.from({ length: seed % 4 }, (_, index) => (index === 1 ? null : index * n));
    case 'info':
      return { a: seed % 10, b: `b${id}` };
    case 'entity':
      return pick(field.target, seed);
    case 'entities':
      return Array.from({ length: seed % 4 }, (_, index) => (index === 1 ? null : pick(field.target, seed + index)));
    case 'node':
      return pick(nodes[seed % nodes.length]?.name ?? '', seed);
  }
}

/** Values that every type has beside its fields. */
export function ownValue(name: string, { __typename, id }: Entity): unknown {
  if (name === 'id') return id;
  if (name === 'code') return `c${id}`;
  if (name === 'part') return Number(id) * 7;
  return id === '2' ? null : `${__typename} ${id}`;
}

export function rootValue(name: string, schema: Schema): unknown {
  const abstract = name.startsWith('any') ? schema.types : schema.types.filter(({ isNode }) => isNode);
  if (name === 'nodes' || name.startsWith('any')) return abstract.flatMap((type) => entitiesOf(type.name));
  return name.startsWith('one') ? entitiesOf(name.slice(3))[0] : entitiesOf(name.slice(3));
}
