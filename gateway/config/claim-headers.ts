import { claimFact } from '../identity';
import type { SubgraphOptions } from '../transport/options';
import type { Finding } from './problem';
import type { Settings } from './settings';

/** Which claims a subgraph is told. */
export function claimHeaders({ authorization: section }: Settings, subgraph: string): Pick<SubgraphOptions, 'claims'> {
  const all = section?.forward_claims?.subgraphs ?? {};
  const given = Object.hasOwn(all, subgraph) ? all[subgraph] : undefined;
  if (given === undefined) return {};
  const claims = [given].flat().map(({ header, claim }) => ({ header, fact: claimFact(claim) }));
  return { claims };
}

/** Who relies on being told claims would be told of nobody. */
export function* claimFindings({ authorization, authentication }: Settings): Generator<Finding> {
  if (authorization?.forward_claims === undefined || authentication !== undefined) return;
  const message = 'nobody is asked who asks, so there are no claims; add a section authentication';
  yield { path: ['authorization', 'forward_claims'], message, atKey: true };
}
