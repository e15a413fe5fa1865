import { type Answer, type Federation, startFederation } from '../../fixtures/federation';
import { forum } from './forum';
import { maze } from './maze';
import { media } from './media';
import { shop } from './shop';

/** Stock reports some nulls beside the errors of the answer. */
function isFaulty({ errors = [], extensions }: Answer): boolean {
  return errors.length > 0 || extensions?.valueCompletion !== undefined;
}

describe.each([
  ['media', media],
  ['shop', shop],
  ['forum', forum],
  ['maze', maze],
])('over the federation %s, our answer is stock’s', (_name, { subgraphs, operations }) => {
  let federation: Federation;
  beforeAll(async () => {
    federation = await startFederation(subgraphs);
  });
  afterAll(() => federation.close());

  it.each(operations.map((one) => [one.name, one] as const))(
    'for %s',
    async (_operation, { query, variables, faulty = false }) => {
      const ours = await federation.ask(query, variables);
      const stock = await federation.askStock(query, variables);
      expect(ours.data).toEqual(stock.data);
      expect(ours.data).not.toBeUndefined();
      expect([isFaulty(ours), isFaulty(stock)]).toEqual([faulty, faulty]);
    },
  );
});
