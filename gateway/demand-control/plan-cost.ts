import { readFlattenPath } from '../execution/paths';
import type { FetchNode, Plan, PlanNode } from '../planning/plan';
import { type FromVariables, type VariableNames, type Variables, variableValue } from './argument-values';
import type { CostSchema } from './cost-schema';
import { type EstimateContext, estimatedCost } from './estimated-cost';
import { fetchTree, MUTATION_COST } from './fetch-tree';
import { Places } from './places';
import { plus } from './saturating';

/** What an operation costs with the values of its variables, at most. */
export interface Estimate {
  readonly total: number;
  readonly bySubgraph: ReadonlyMap<string, number>;
  /** Coordinates of fields whose arguments say no size where they have to. */
  readonly invalid: ReadonlySet<string>;
}

interface Sum extends EstimateContext {
  readonly bySubgraph: Map<string, number>;
}

type Step = (sum: Sum) => void;

interface PlanCostOptions {
  readonly schema: CostSchema;
  readonly names: VariableNames;
  /** Of lists that nobody says more of. */
  readonly listSize: number;
}

const ONE: FromVariables<number> = () => 1;

/** The formula of a plan: compiled once, evaluated with the variables of each request. */
export class PlanCost {
  readonly #options: PlanCostOptions;
  readonly #places: Places;
  readonly #step: Step;
  /** Bodies that come again bring the same object of variables. */
  readonly #known = new WeakMap<Variables, Estimate>();

  constructor({ node }: Plan, options: PlanCostOptions) {
    this.#options = options;
    this.#places = new Places(options.listSize);
    this.#step = node === null ? () => undefined : this.#compile(node, []);
  }

  estimate(variables: Variables): Estimate {
    const known = this.#known.get(variables);
    if (known !== undefined) return known;
    const sum: Sum = { variables, invalid: new Set(), bySubgraph: new Map() };
    this.#step(sum);
    const { bySubgraph, invalid } = sum;
    const estimate = { total: [...bySubgraph.values()].reduce(plus, 0), bySubgraph, invalid };
    this.#known.set(variables, estimate);
    return estimate;
  }

  #compile(node: PlanNode, path: readonly string[]): Step {
    switch (node.kind) {
      case 'Fetch':
        return this.#fetchStep(node, path);
      case 'Flatten':
        return this.#compile(node.node, [...path, ...node.path]);
      case 'Condition': {
        const valueIn = variableValue(node.condition, { ...this.#options.names, publicName: (name) => name });
        const yes = node.ifClause && this.#compile(node.ifClause, path);
        const no = node.elseClause && this.#compile(node.elseClause, path);
        return (sum) => (valueIn(sum.variables) === true ? yes : no)?.(sum);
      }
      case 'Sequence':
      case 'Parallel': {
        const steps = node.nodes.map((one) => this.#compile(one, path));
        return (sum) => {
          for (const step of steps) step(sum);
        };
      }
    }
  }

  #fetchStep(fetch: FetchNode, path: readonly string[]): Step {
    const { serviceName, operationKind, requires, outputRewrites = [] } = fetch;
    const elements = readFlattenPath(path);
    const entities = requires === undefined ? ONE : this.#places.countAt(elements);
    const tree = fetchTree(fetch, { ...this.#options, entities });
    const renamed = new Map<string, string>();
    for (const one of outputRewrites) {
      const key = one.path.at(-1);
      if (one.kind === 'KeyRenamer' && key !== undefined) renamed.set(key, one.renameKeyTo);
    }
    const added = requires === undefined ? tree : tree.fields[0]?.selection;
    if (added) this.#places.add(elements, { selection: added, renamed });
    const fixed = operationKind === 'mutation' ? MUTATION_COST : 0;
    return (sum) => {
      const cost = plus(fixed, estimatedCost(tree, sum));
      sum.bySubgraph.set(serviceName, plus(sum.bySubgraph.get(serviceName) ?? 0, cost));
    };
  }
}
