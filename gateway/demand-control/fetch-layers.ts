import { HeadgateError } from '../errors';
import type { Flight } from '../flight';
import { parseJson } from '../json/parse';
import { KeptMap, textBytes } from '../kept';
import { then } from '../layers';
import { OWN_TURN_BYTES, ownTurn } from '../own-turns';
import type { Supergraph } from '../supergraph/supergraph';
import type { FetchLayer } from '../transport/fetch';
import type { FetchAnswer, FetchContent } from '../transport/fetch-answer';
import type { FetchRequest } from '../transport/fetch-request';
import { actualCost } from './actual-cost';
import type { Variables } from './argument-values';
import { costSchemaOf } from './cost-schema';
import type { CostSelection } from './cost-tree';
import { fetchTree, MUTATION_COST } from './fetch-tree';
import type { DemandControlOptions } from './options';
import { REFUSED_SUBGRAPHS } from './refused-subgraphs';
import { plus } from './saturating';

/** Answers null in the place of a subgraph that would cost too much. */
function refuseExpensive(subgraph: string): FetchLayer {
  return {
    name: 'cost of a subgraph',
    wrap: (next) => (request, flight) => {
      const refused = flight.facts.get(REFUSED_SUBGRAPHS)?.get(subgraph);
      if (refused === undefined) return next(request, flight);
      const details = { 'cost.estimated': refused.estimated, 'cost.max': refused.max };
      throw new HeadgateError(
        'SUBGRAPH_COST_ESTIMATED_TOO_EXPENSIVE',
        `what this operation asks of the subgraph ${subgraph} costs too much`,
        { details },
      );
    },
  };
}

/** Nobody gives more arguments than the text has. */
const NAMES = { publicName: (name: string) => name, defaults: {} };
/** Of what is compiled, for each character of a text. */
const BYTES_PER_CHARACTER = 20;

interface Measured {
  readonly text: string;
  readonly variables: string;
  readonly cost: number;
}

/** Adds what answers of the subgraphs of a supergraph cost to their flights. */
class Measuring {
  readonly #supergraph: Supergraph;
  readonly #trees = new KeptMap<string, CostSelection>({
    name: 'costs',
    weigh: (_, text) => textBytes(text) + BYTES_PER_CHARACTER * text.length,
  });
  /** A subgraph that answers the very same again answers the same object. */
  readonly #measured = new WeakMap<FetchContent, Measured>();

  constructor(supergraph: Supergraph) {
    this.#supergraph = supergraph;
  }

  readonly layer: FetchLayer = {
    name: 'measure costs',
    wrap: (next) => (request, flight) =>
      then(next(request, flight), (answer) => this.#measure(request, answer, flight)),
  };

  #measure(request: FetchRequest, answer: FetchAnswer, flight: Flight): FetchAnswer | Promise<FetchAnswer> {
    const { content } = answer;
    const known = this.#measured.get(content);
    if (known !== undefined && known.text === request.operation.text && known.variables === request.variables) {
      flight.cost.actual = plus(flight.cost.actual, known.cost);
      return answer;
    }
    return then(content.bytes < OWN_TURN_BYTES ? undefined : ownTurn(), () => {
      const cost = this.#costOf(request, content);
      this.#measured.set(content, { text: request.operation.text, variables: request.variables, cost });
      flight.cost.actual = plus(flight.cost.actual, cost);
      return answer;
    });
  }

  #costOf({ operation, variables }: FetchRequest, { data }: FetchContent): number {
    const fixed = operation.kind === 'mutation' ? MUTATION_COST : 0;
    if (data === null) return fixed;
    const read = onDemand(() => parseJson(variables) as Variables); // as: JSON of an object
    return plus(fixed, actualCost(this.#treeOf(operation), data, read));
  }

  #treeOf({ text, kind }: FetchRequest['operation']): CostSelection {
    let tree = this.#trees.get(text);
    if (tree === undefined) {
      const context = { schema: costSchemaOf(this.#supergraph), names: NAMES, listSize: 0, entities: () => 0 };
      tree = fetchTree({ operation: text, operationKind: kind }, context);
      this.#trees.set(text, tree);
    }
    return tree;
  }
}

/** Makes a value when it is wanted first. */
function onDemand<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** Layers around the fetches of each subgraph. */
export function demandLayers(
  supergraph: Supergraph,
  { mode, subgraphMax }: DemandControlOptions,
): (subgraph: string) => readonly FetchLayer[] {
  const measuring = new Measuring(supergraph);
  return (subgraph) => {
    const isLimited = mode === 'enforce' && subgraphMax.has(subgraph);
    return isLimited ? [refuseExpensive(subgraph), measuring.layer] : [measuring.layer];
  };
}
