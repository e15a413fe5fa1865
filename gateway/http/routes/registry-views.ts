import type { Blamed } from '../../registry/blame';
import { printChange, usesView } from '../../registry/judgement';
import type { ChangeResult } from '../../registry/registry';
import { routingUrl, type SubgraphState } from '../../registry/state';
import type { Revision } from '../../registry/storage/storage';

/** A change that was made. */
export function madeView(result: ChangeResult) {
  const { revision, changes, supergraphChanges, hints, lint } = result;
  return { revision, changes, supergraph_was_updated: supergraphChanges, hints, lint, api: apiView(result) };
}

/** A change that was only judged. */
export function judgedView(result: ChangeResult) {
  return { ...madeView(result), supergraph_was_updated: false, supergraph_would_be_updated: result.supergraphChanges };
}

/** What it means for those who ask; null: nothing. */
function apiView({ judgement }: ChangeResult) {
  if (judgement === null) return null;
  const { checks, recorded, changes } = judgement;
  return {
    breaking: checks.breaking,
    window_ms: checks.windowMs,
    recorded,
    changes: changes.map((change) => ({
      ...change,
      message: printChange(change, checks),
      uses: usesView(change),
    })),
  };
}

export function creates({ changes }: ChangeResult): boolean {
  return changes.some(({ kind }) => kind === 'added');
}

export function subgraphView(subgraph: SubgraphState) {
  const { name, revision, instances, sdl } = subgraph;
  return { name, revision, routing_url: routingUrl(subgraph), instances, sdl_sha256: sdl };
}

export function blamedView({ revision, subgraph, kind }: Blamed) {
  const { at, actor, message, vcs } = revision;
  return { revision: revision.revision, at, actor, subgraph, kind, message, vcs };
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
