import {
  type FieldNode,
  type OperationDefinitionNode,
  print,
  stripIgnoredCharacters,
  type VariableDefinitionNode,
} from 'graphql';
import type { FetchNode } from '../planning/plan';
import type { PlacedFetch, PlacedStep } from './place-fetches';

/** Fetches that are sent as one request, and the requests that have to be answered before. */
export interface WireFetch {
  readonly lists: readonly WireList[];
  readonly operation: string;
  readonly node: FetchNode;
  readonly variableUsages: readonly string[];
  readonly after: readonly number[];
}

/** Fetches that share one list of representations; a root fetch is a list of its own, with no variable. */
interface WireList {
  readonly key: string;
  readonly variable: string;
  readonly fetches: readonly PlacedFetch[];
}

interface Scheduled {
  readonly fetch: PlacedFetch;
  /** Ids of the fetches that have to be answered before. */
  readonly after: readonly number[];
  /** 0 for a fetch that waits for nobody. */
  readonly wave: number;
}

/** The planner's names in an entity fetch. */
const ENTITIES = '_entities';
const REPRESENTATIONS = 'representations';

/** Turns sequences and parallels into who waits for whom. */
function schedule(step: PlacedStep): Scheduled[] {
  const scheduled: Scheduled[] = [];
  const waveOf = new Map<number, number>();
  const visit = (one: PlacedStep, after: readonly number[]): readonly number[] => {
    if (one.kind !== 'fetch') {
      if (one.kind === 'parallel') return one.steps.flatMap((child) => visit(child, after));
      return one.steps.reduce((before, child) => visit(child, before), after);
    }
    const wave = Math.max(-1, ...after.map((id) => waveOf.get(id) ?? 0)) + 1;
    waveOf.set(one.fetch.id, wave);
    scheduled.push({ fetch: one.fetch, after, wave });
    return [one.fetch.id];
  };
  visit(step, []);
  return scheduled.sort((a, b) => a.wave - b.wave || a.fetch.id - b.fetch.id);
}

interface ParsedFetch {
  readonly definition: OperationDefinitionNode;
  /** The one root field of an entity fetch. */
  readonly entities: FieldNode;
  /** Equal for fetches whose representations may share a list. */
  readonly signature: string;
}

/** Null for a fetch that has to be sent as it is. */
function parseEntityFetch({ operation: { definition, entities, signature } }: PlacedFetch): ParsedFetch | null {
  return definition === null || entities === null || signature === null ? null : { definition, entities, signature };
}

interface Member {
  readonly scheduled: Scheduled;
  readonly parsed: ParsedFetch | null;
}

interface Group {
  readonly wave: number;
  readonly members: Member[];
}

/** The last wave in which a fetch may be sent without anybody waiting longer for it. */
function latestWaves(scheduled: readonly Scheduled[]): ReadonlyMap<number, number> {
  const last = Math.max(0, ...scheduled.map(({ wave }) => wave));
  const latest = new Map(scheduled.map(({ fetch }) => [fetch.id, last]));
  for (const { after, wave } of scheduled)
    for (const id of after) latest.set(id, Math.min(latest.get(id) ?? last, wave - 1));
  return latest;
}

/** A group that can go along with a later one of its subgraph does, when nobody waits for what it answers meanwhile. */
function postpone(groups: readonly Group[], latest: ReadonlyMap<number, number>): Group[] {
  return groups.filter((group, index) => {
    const slack = Math.min(...group.members.map(({ scheduled }) => latest.get(scheduled.fetch.id) ?? 0));
    const later = groups.slice(index + 1).find(({ wave }) => wave > group.wave && wave <= slack);
    later?.members.push(...group.members);
    return later === undefined;
  });
}

/** Entity fetches of one subgraph and one wave. */
function group(scheduled: readonly Scheduled[]): Group[] {
  const latest = latestWaves(scheduled);
  const alone: Group[] = [];
  const bySubgraph = new Map<string, Group[]>();
  for (const one of scheduled) {
    const member: Member = { scheduled: one, parsed: parseEntityFetch(one.fetch) };
    const { wave } = one;
    const { serviceName } = one.fetch.node;
    const groups = bySubgraph.get(serviceName) ?? [];
    bySubgraph.set(serviceName, groups);
    const same = groups.find((found) => found.wave === wave);
    if (member.parsed === null) alone.push({ wave, members: [member] });
    else if (same === undefined) groups.push({ wave, members: [member] });
    else same.members.push(member);
  }
  const merged = [...bySubgraph.values()].flatMap((groups) => postpone(groups, latest));
  return [...alone, ...merged].sort((a, b) => a.wave - b.wave);
}

function freshName(base: string, taken: ReadonlySet<string>): string {
  let name = base;
  while (taken.has(name)) name = `_${name}`;
  return name;
}

/** One operation out of several entity fetches: each list under an alias, with a variable of its own. */
function mergeOperations(lists: readonly { readonly parsed: ParsedFetch }[], name: string | undefined) {
  const definitions = new Map<string, VariableDefinitionNode>();
  for (const { parsed } of lists) {
    for (const one of parsed.definition.variableDefinitions ?? []) {
      if (one.variable.name.value !== REPRESENTATIONS) definitions.set(one.variable.name.value, one);
    }
  }
  const taken = new Set(definitions.keys());
  const named = lists.map(({ parsed }, index) => ({
    parsed,
    key: `_e${index}`,
    variable: freshName(`${REPRESENTATIONS}_${index}`, taken),
  }));
  const variables = [
    ...named.map(({ variable }) => `$${variable}: [_Any!]!`),
    ...[...definitions.values()].map((one) => print(one)),
  ];
  const fields = named.map(({ parsed, key, variable }) => {
    const selection = parsed.entities.selectionSet === undefined ? '' : print(parsed.entities.selectionSet);
    return `${key}: ${ENTITIES}(${REPRESENTATIONS}: $${variable}) ${selection}`;
  });
  const text = `query ${name ?? ''}(${variables.join(', ')}) { ${fields.join(' ')} }`;
  return { operation: stripIgnoredCharacters(text), named };
}

function unmerged(fetches: readonly PlacedFetch[], node: FetchNode) {
  const lists = [{ key: ENTITIES, variable: REPRESENTATIONS, fetches }];
  return { lists, operation: node.operation, node, variableUsages: node.variableUsages };
}

function toWire({ members }: Group): Omit<WireFetch, 'after'> {
  const [first] = members;
  if (first === undefined) throw new Error('a group has members');
  const { node } = first.scheduled.fetch;
  const bySignature = new Map<string, { readonly parsed: ParsedFetch; readonly fetches: PlacedFetch[] }>();
  for (const { scheduled, parsed } of members) {
    if (parsed === null) return unmerged([scheduled.fetch], node);
    const same = bySignature.get(parsed.signature);
    if (same === undefined) bySignature.set(parsed.signature, { parsed, fetches: [scheduled.fetch] });
    else same.fetches.push(scheduled.fetch);
  }
  const lists = [...bySignature.values()];
  if (lists.length === 1) return unmerged(lists[0]?.fetches ?? [], node);
  const { operation, named } = mergeOperations(lists, node.operationName);
  return {
    lists: named.map(({ key, variable }, index) => ({ key, variable, fetches: lists[index]?.fetches ?? [] })),
    operation,
    node,
    variableUsages: [...new Set(members.flatMap(({ scheduled }) => scheduled.fetch.node.variableUsages))],
  };
}

/**
 * One request for each subgraph and wave: entity fetches that nothing keeps apart are sent together (16 calls become 7 for
 * the benchmark's TestQuery). A merged request waits for all that its fetches wait for. Steps of a mutation follow one
 * another, so nothing of two of them is ever merged.
 */
export function mergeFetches(step: PlacedStep): WireFetch[] {
  const groups = group(schedule(step));
  const requestOf = new Map<number, number>();
  groups.forEach(({ members }, index) => {
    for (const { scheduled } of members) requestOf.set(scheduled.fetch.id, index);
  });
  return groups.map((one) => {
    const ids = one.members.flatMap(({ scheduled }) => scheduled.after);
    return { ...toWire(one), after: [...new Set(ids.map((id) => requestOf.get(id) ?? 0))] };
  });
}
