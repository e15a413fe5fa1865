import type { DocumentNode } from 'graphql';
import { policiesIn } from '../authorization/authorization';
import { type Filtered, filterOperation } from '../authorization/filter';
import type { AuthorizationOptions } from '../authorization/options';
import { type RefusedPlace, refusedPlaces } from '../authorization/refused-places';
import { KeptMap, textBytes } from '../kept';
import { introspectionIndexes } from '../supergraph/introspection-part';
import type { Requirement, SchemaView } from '../supergraph/requirements';
import type { Supergraph } from '../supergraph/supergraph';
import { headOf, type PreparedHead, type PreparedOperation, type Used } from './prepared-operation';

/** Variants of one operation that are kept: a client that comes with ever other scopes drives out its own only. */
const VARIANTS_MAX = 16;
/** Bytes of a variant's documents in memory for each token of the operation: of what is left, and of what is refused. */
const BYTES_PER_TOKEN = 900;
const VARIANT_BYTES = 10_000;

/** What is permitted of an operation to those who are granted the same. */
export interface PermittedPart extends Filtered {
  /** Where something is refused. */
  readonly places: readonly RefusedPlace[];
  /** What of the schema its introspection answers; null: all of it. */
  readonly view: SchemaView | null;
  /** Nothing is told of what is refused, but that it is. */
  readonly isDiscreet: boolean;
}

/** Those that are granted the same of an operation. */
export interface Variant {
  readonly granted: string;
  readonly ready: PreparedOperation;
  uses: number;
}

/**
 * An operation that asks for something that is not for everybody. Whoever asks is given one of its variants, by what of its
 * requirements is fulfilled; each is planned by itself.
 */
export class GuardedOperation {
  readonly used: Used;
  readonly head: PreparedHead;
  /** Those that it meets, in the order in which what is granted names them. */
  readonly requirements: readonly Requirement[];
  /** That they name, each once. */
  readonly policies: readonly string[];
  /** By the mode, and what is granted. */
  readonly variants: KeptMap<string, Variant>;
  /** Of `requirements` in the supergraph. */
  readonly #indexes: readonly number[];
  readonly #supergraph: Supergraph;
  readonly #introspection: AuthorizationOptions['introspection'];

  private constructor(
    used: Used,
    supergraph: Supergraph,
    indexes: readonly number[],
    introspection: AuthorizationOptions['introspection'],
  ) {
    const { query, document } = used;
    const { tokenCount = query.length } = document;
    this.used = used;
    this.head = headOf(used);
    this.#supergraph = supergraph;
    this.#indexes = indexes;
    this.#introspection = introspection;
    this.requirements = indexes.flatMap((index) => supergraph.requirements?.all[index] ?? []);
    this.policies = policiesIn(this.requirements);
    this.variants = new KeptMap({
      name: 'prepared operations',
      weigh: (_, key) => textBytes(key) + VARIANT_BYTES + BYTES_PER_TOKEN * tokenCount,
      entriesMax: VARIANTS_MAX,
    });
  }

  /** Null for an operation that is the same for everybody. */
  static of(
    used: Used,
    supergraph: Supergraph,
    { enabled, introspection }: AuthorizationOptions,
  ): GuardedOperation | null {
    const { requirements, apiSchema: schema } = supergraph;
    if (!enabled || requirements === null) return null;
    const { document, operation } = used;
    // What introspection shows depends on all of them.
    const met = new Set(introspection === 'filter' && isIntrospected(document) ? requirements.all.keys() : []);
    const isFulfilled = (index: number) => met.add(index).has(index);
    filterOperation({ document, operation, schema, requirements, isFulfilled });
    if (met.size === 0) return null;
    const indexes = [...met].sort((a, b) => a - b);
    return new GuardedOperation(used, supergraph, indexes, introspection);
  }

  /** Keeps what is for those who are granted everything. */
  keepWhole(ready: PreparedOperation): void {
    const granted = '1'.repeat(this.requirements.length);
    this.variants.set(granted, { granted, ready, uses: 1 });
  }

  /**
   * What is left for those who are granted this much.
   * @param granted a `1` or a `0` for each of {@link requirements}
   * @returns null: all of it
   */
  permitted(granted: string): PermittedPart | null {
    const { requirements, apiSchema: schema } = this.#supergraph;
    if (requirements === null || !granted.includes('0')) return null;
    const { document, operation } = this.used;
    const fulfilled = new Set(this.#indexes.filter((_, at) => granted[at] === '1'));
    const isFulfilled = (index: number) => fulfilled.has(index);
    const filtered = filterOperation({ document, operation, schema, requirements, isFulfilled });
    const isDiscreet = this.#introspection === 'filter';
    // Who asks for introspection is asked for all of them.
    const view = isDiscreet && isIntrospected(document) ? { requirements, granted } : null;
    return { ...filtered, places: refusedPlaces(filtered.shape), view, isDiscreet };
  }

  /**
   * What is granted by this operation's requirements to those who are granted this much by those of another one of the same text.
   * @returns null: nobody knows
   */
  translated(granted: string, from: GuardedOperation): string | null {
    const known = new Map(from.requirements.map((one, at) => [JSON.stringify(one), granted[at]]));
    const bits = this.requirements.map((one) => known.get(JSON.stringify(one)));
    return bits.includes(undefined) ? null : bits.join('');
  }
}

function isIntrospected(document: DocumentNode): boolean {
  return introspectionIndexes(document).size > 0;
}
