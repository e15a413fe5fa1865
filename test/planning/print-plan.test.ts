import type { Plan, PlanNode } from '../../gateway/planning/plan';
import { printPlan } from '../../gateway/planning/print-plan';
import { entityFetchNode, fetchNode } from '../fixtures/hand-written-plan';

const root = fetchNode('one', '{user{id __typename}}');

describe('a printed plan', () => {
  it('is empty for an operation that needs no subgraph', () => {
    expect(printPlan({ node: null })).toBe('QueryPlan {\n}');
  });

  it('shows sequences, parallel nodes, paths, requirements and conditions', () => {
    const nested: PlanNode = {
      kind: 'Flatten',
      path: ['user'],
      node: fetchNode(
        'three',
        'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on User { bill } } }',
        {
          requires: [
            { kind: 'Field', name: 'price', selections: [{ kind: 'Field', name: 'amount' }] },
            { kind: 'InlineFragment', selections: [{ kind: 'Field', name: 'id' }] },
          ],
        },
      ),
    };
    const condition: PlanNode = { kind: 'Condition', condition: 'deep', ifClause: nested, elseClause: root };
    const node: PlanNode = {
      kind: 'Sequence',
      nodes: [
        root,
        { kind: 'Parallel', nodes: [entityFetchNode('two', ['user', 'friends', '@'], 'User', 'name'), condition] },
      ],
    };
    expect(printPlan({ node })).toBe(`QueryPlan {
  Sequence {
    Fetch(service: "one") {
      {
        user {
          id
          __typename
        }
      }
    }
    Parallel {
      Flatten(path: "user.friends.@") {
        Fetch(service: "two") {
          {
            ... on User {
              __typename
              id
            }
          } =>
          query ($representations: [_Any!]!) {
            _entities(representations: $representations) {
              ... on User {
                name
              }
            }
          }
        }
      }
      Include(if: $deep) {
        Flatten(path: "user") {
          Fetch(service: "three") {
            {
              price {
                amount
              }
              ... {
                id
              }
            } =>
            query ($representations: [_Any!]!) {
              _entities(representations: $representations) {
                ... on User {
                  bill
                }
              }
            }
          }
        }
      }
      Skip(if: $deep) {
        Fetch(service: "one") {
          {
            user {
              id
              __typename
            }
          }
        }
      }
    }
  }
}`);
  });

  it('shows where contextual arguments come from', () => {
    const more = {
      contextRewrites: [{ kind: 'KeyRenamer', path: ['..', '... on User', 'currency'], renameKeyTo: 'c' }],
    } as const;
    expect(printPlan({ node: fetchNode('one', 'query ($c: String) { price(in: $c) }', more) })).toContain(
      '$c: ../... on User/currency\n    query ($c: String)',
    );
  });

  it('shows a condition with one branch', () => {
    const plan: Plan = { node: { kind: 'Condition', condition: 'no', elseClause: root } };
    expect(printPlan(plan)).toMatch(/^QueryPlan \{\n {2}Skip\(if: \$no\) \{\n {4}Fetch/);
    expect(printPlan(plan)).not.toContain('Include');
  });
});
