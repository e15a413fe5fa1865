/** The subgraphs of the hostile battery in a process of their own. */
import type { SubgraphDefinition } from '../../gateway/supergraph/supergraph';
import { startHostileSubgraphs } from '../fixtures/hostile/subgraphs';
import { answerParent } from './helper-process';

export type HostileSubgraphsCommands = {
  /** Begins to listen on a free port. */
  listen(argument: null): Promise<readonly SubgraphDefinition[]>;
};

answerParent({
  listen: async () => (await startHostileSubgraphs()).definitions,
} satisfies HostileSubgraphsCommands);
