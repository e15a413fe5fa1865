import type * as Apollo from '@apollo/query-planner';
import { toPlan } from '../../../gateway/planning/apollo/to-plan';
import { privateNames } from '../../../gateway/planning/private-names';

const names = privateNames({ names: new Set(['id']), ofInterfaceObjects: [] });
const convert = (node: Apollo.QueryPlan['node']) =>
  toPlan({ kind: 'QueryPlan', ...(node === undefined ? {} : { node }) }, names);

function fetchNode(more: Partial<Apollo.FetchNode> = {}): Apollo.FetchNode {
  // as: a node of the library, of which the fields below are read
  return { kind: 'Fetch', serviceName: 's', operation: '{ a }', operationKind: 'query', ...more } as Apollo.FetchNode;
}

describe('Apollo’s plans', () => {
  it('become ours, without what is not there', () => {
    expect(convert(undefined)).toEqual({ node: null });
    expect(convert(fetchNode({ inputRewrites: [] }))).toEqual({
      node: { kind: 'Fetch', serviceName: 's', operation: '{ a }', operationKind: 'query', variableUsages: [] },
    });
  });

  it('keep their paths, conditions and rewrites', () => {
    const rewrite = { kind: 'KeyRenamer' as const, path: ['a'], renameKeyTo: 'b' };
    const fetch = fetchNode({ outputRewrites: [rewrite], variableUsages: ['v'], operationName: 'Q__s__0' });
    const flatten: Apollo.FlattenNode = { kind: 'Flatten', path: ['a', '@'], node: fetch };
    expect(
      convert({
        kind: 'Condition',
        condition: '_hg_representations',
        ifClause: { kind: 'Parallel', nodes: [flatten] },
      }),
    ).toEqual({
      node: {
        kind: 'Condition',
        condition: 'representations',
        ifClause: {
          kind: 'Parallel',
          nodes: [
            {
              kind: 'Flatten',
              path: ['a', '@'],
              node: {
                kind: 'Fetch',
                serviceName: 's',
                operation: '{ a }',
                operationKind: 'query',
                operationName: 'Q__s__0',
                variableUsages: ['v'],
                outputRewrites: [rewrite],
              },
            },
          ],
        },
      },
    });
  });

  it('tell where contextual arguments come from', () => {
    const contextRewrites: Apollo.FetchNode['contextRewrites'] = [
      { kind: 'KeyRenamer', path: ['..', '... on User', 'currency'], renameKeyTo: 'contextualArgument_1_0' },
    ];
    expect(convert(fetchNode({ contextRewrites })).node).toMatchObject({ contextRewrites });
    expect(convert(fetchNode({ contextRewrites: [] })).node).not.toHaveProperty('contextRewrites');
  });

  it.each([
    ['@defer', { kind: 'Defer', primary: {}, deferred: [] }],
    ['a subscription', { kind: 'Subscription', primary: fetchNode({ operationKind: 'subscription' as never }) }],
    ['a subscription fetch', fetchNode({ operationKind: 'subscription' as never })],
  ])('are refused with %s in them', (_what, node) => {
    expect(() => convert(node as Apollo.QueryPlan['node'])).toThrow(/not execute/);
  });
});
