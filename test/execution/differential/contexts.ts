import type { CONTEXT_TYPES, ContextChoice } from './model';

/** Subgraph where objects set a context for those below them, and which is told it. */
export interface Context {
  readonly home: number;
  /** Of the value, and of the argument that has it. */
  readonly type: (typeof CONTEXT_TYPES)[number];
  /** Each holder has a field of another name for it. */
  readonly isByType: boolean;
  readonly holders: readonly Holder[];
}

/** A type whose objects set the context. */
interface Holder {
  readonly name: string;
  /** Subgraph that has the value. */
  readonly valueIn: number;
}

/** Fields of holders that lead to where the context is used. */
const WAYS = ['held: Held', 'helds: [[Held]!]', 'mid: Mid'];

interface Candidate {
  readonly name: string;
  readonly presentIn: readonly number[];
  readonly isHidden: boolean;
}

/** @returns null when no type is where the context would be */
export function contextOf(
  choice: ContextChoice | null,
  subgraphs: number,
  types: readonly Candidate[],
): Context | null {
  if (choice === null) return null;
  const home = choice.home % subgraphs;
  const candidates = types.filter(({ presentIn, isHidden }) => presentIn.includes(home) && !isHidden);
  const chosen = candidates.filter((_, index) => ((choice.holders >> index) & 1) === 1);
  const holders = (chosen.length === 0 ? candidates.slice(0, 1) : chosen).map(({ name, presentIn }) => {
    const places = [home, ...presentIn.filter((one) => one !== home)];
    return { name, valueIn: places[choice.valueIn % places.length] ?? home };
  });
  if (holders.length === 0) return null;
  return { home, type: choice.type, isByType: choice.isByType, holders };
}

/** Whether a type has fields in a subgraph because of the context. */
export function hasContextFields(context: Context | null, type: string, subgraph: number): boolean {
  const holder = context?.holders.find(({ name }) => name === type);
  return holder !== undefined && (subgraph === context?.home || subgraph === holder.valueIn);
}

/** Name of the field with a holder's value. */
export function valueField({ isByType }: Context, holder: string): string {
  return isByType ? `v${holder.slice(1)}` : 'v';
}

/** What a type has in a subgraph: directives, and fields. @param subgraph null for the schema that holds everything */
export function holderSdl(context: Context | null, type: string, subgraph: number | null) {
  const holder = context?.holders.find(({ name }) => name === type);
  if (context === null || holder === undefined) return { directives: [], fields: [] };
  const value = `${valueField(context, type)}: ${context.type}`;
  if (subgraph === null) return { directives: [], fields: [value, ...WAYS] };
  if (subgraph !== context.home) return { directives: [], fields: subgraph === holder.valueIn ? [value] : [] };
  const external = holder.valueIn === subgraph ? value : `${value} @external`;
  return { directives: ['@context(name: "ctx")'], fields: [external, ...WAYS] };
}

/** Types below holders. @param subgraph null for the schema that holds everything */
export function contextSdl(context: Context | null, subgraph: number | null, subgraphs: number): readonly string[] {
  if (context === null) return [];
  const { home, isByType, holders, type } = context;
  const other = (home + 1) % subgraphs;
  const mid = 'type Mid { held: Held note: String }';
  if (subgraph === null)
    return [
      mid,
      'type Held { id: ID! told(n: Int = 1): String told2: String told3(n: Int = 3): String inner: Held size: Int weight: Int }',
    ];
  if (subgraph === other) return ['type Held @key(fields: "id") { id: ID! weight: Int }'];
  if (subgraph !== home) return [];
  const selection = isByType
    ? holders.map(({ name }) => `... on ${name} { ${valueField(context, name)} }`).join(' ')
    : '{ v }';
  const given = `given: ${type} @fromContext(field: "$ctx ${selection}")`;
  return [
    mid,
    `type Held @key(fields: "id") {
    id: ID! inner: Held size: Int told(n: Int = 1, ${given}): String told2(${given}): String told3(${given}, n: Int = 3): String
  }`,
  ];
}
