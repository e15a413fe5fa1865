import type { ChangeResult } from '../../registry/registry';
import { routingUrl, type SubgraphState } from '../../registry/state';
import type { Revision } from '../../registry/storage/storage';

/** A change that was made. */
export function madeView({ revision, changes, supergraphChanges, hints }: ChangeResult) {
  return { revision, changes, supergraph_was_updated: supergraphChanges, hints };
}

/** A change that was only judged. */
export function judgedView({ revision, changes, supergraphChanges, hints }: ChangeResult) {
  return { revision, changes, supergraph_was_updated: false, supergraph_would_be_updated: supergraphChanges, hints };
}

export function creates({ changes }: ChangeResult): boolean {
  return changes.some(({ kind }) => kind === 'added');
}

export function subgraphView(subgraph: SubgraphState) {
  const { name, revision, instances, sdl } = subgraph;
  return { name, revision, routing_url: routingUrl(subgraph), instances, sdl_sha256: sdl };
}

export function revisionView(revision: Revision) {
  const { subgraphs, vcs } = revision;
  return {
    revision: revision.revision,
    at: revision.at,
    actor: revision.actor,
    kind: revision.kind,
    subgraph: subgraphs.length === 1 ? subgraphs[0] : null,
    subgraphs,
    message: revision.message,
    vcs,
    rolled_back_to: revision.rolledBackTo,
    supergraph_sha256: revision.supergraph,
  };
}
