/** Some of the subgraphs of the hostile battery in a process of their own. */
import type { SubgraphDefinition } from '../../gateway/supergraph/supergraph';
import { ASKED_BY_ATTACKERS, ASKED_BY_OTHERS, startHostileSubgraphs } from '../fixtures/hostile/subgraphs';
import { answerParent } from './helper-process';

export type HostileSubgraphsCommands = {
  /** Begins to listen on a free port. */
  listen(whose: 'attackers' | 'others'): Promise<readonly SubgraphDefinition[]>;
};

answerParent({
  listen: async (whose) =>
    (await startHostileSubgraphs(whose === 'attackers' ? ASKED_BY_ATTACKERS : ASKED_BY_OTHERS)).definitions,
} satisfies HostileSubgraphsCommands);
