import fc from 'fast-check';
import { parse, validate } from 'graphql';
import { operationChoices, schemaChoices } from './model';
import { makeOperation } from './operations';
import { makeSchema, type Schema, subgraphSdl } from './schema';
import { createWorld, type World } from './world';

/** What a check found. */
export interface Outcome {
  readonly seed: number;
  readonly schemas: number;
  readonly cases: number;
  /** Schemas that do not compose; they count for nothing. */
  readonly uncomposed: number;
  /** One for each schema with a wrong answer: the smallest operation found, ready to be read. */
  readonly failures: readonly string[];
}

const FAILURES_MAX = 5;

function described(schema: Schema, report: string): string {
  const sdls = Array.from({ length: schema.subgraphs }, (_, index) => subgraphSdl(index, schema).trim());
  return `${report}\n${sdls.join('\n---\n')}`;
}

/** @returns null when all answers are those of the whole schema; else a report on the smallest operation */
async function checkOperations(world: World, numRuns: number, seed: number): Promise<string | null> {
  const property = fc.asyncProperty(operationChoices, async (choices) => {
    const { query, variables } = makeOperation(world.whole, choices);
    const document = parse(query);
    const [invalid] = validate(world.whole, document);
    if (invalid !== undefined) throw new Error(`not valid: ${invalid.message}\n${query}`);
    const expected = await world.truth(document, variables);
    const answer = await world.ours(query, variables).catch((error: unknown) => String(error));
    if (answer !== expected)
      throw new Error(`${query}\n${JSON.stringify(variables)}\nexpected ${expected}\nreceived ${answer}`);
  });
  const { failed, errorInstance, counterexamplePath } = await fc.check(property, { numRuns, seed });
  if (!failed) return null;
  const message = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  return `seed ${seed}, path ${counterexamplePath}\n${message}`;
}

/**
 * Runs generated operations over generated federations, and compares with one schema that holds everything.
 * @param cases operations in all; `perSchema` of them share a federation
 * @param report called with each failure as it is found
 */
export async function check(
  cases: number,
  seed: number,
  report: (failure: string) => void = () => {},
  perSchema = 100,
): Promise<Outcome> {
  const failures: string[] = [];
  let count = 0;
  let uncomposed = 0;
  let schemas = 0;
  const sampled = fc.sample(schemaChoices, { seed, numRuns: Math.ceil(cases / perSchema) });
  for (const [index, choices] of sampled.entries()) {
    if (failures.length >= FAILURES_MAX) break;
    const schema = makeSchema(choices);
    const world = await createWorld(schema).catch(() => null);
    if (world === null) {
      uncomposed++;
      continue;
    }
    schemas++;
    try {
      const failure = await checkOperations(world, perSchema, seed + index);
      if (failure !== null) {
        const text = described(schema, `schema ${index} of seed ${seed}; ${failure}`);
        failures.push(text);
        report(text);
      }
      count += perSchema;
    } finally {
      await world.close();
    }
  }
  return { seed, schemas, cases: count, uncomposed, failures };
}
