import { jsonOf } from '../../expressions/json-of';
import { EvaluationError } from '../../expressions/values';
import type { Flight, Reads } from '../../flight';
import { fetchVocabulary } from '../../vocabulary/fetch';
import { compileRequestExpression } from '../../vocabulary/request-expression';
import { CONNECTOR_CONTEXT } from '../connector-context';
import type { SubgraphOptions } from '../options';
import { allReads, NO_READS } from '../reads';
import type { Connectors } from './connector';
import type { Json, JsonObject } from './json';
import { connectorsOf, readsVariable } from './reads';

/** What the connectors of each source read as `$context`. */
export interface ConnectorContext {
  readonly reads: Reads;
  readonly of: (source: string, flight: Flight) => JsonObject;
}

const NOTHING: JsonObject = {};
const NONE: ConnectorContext = { reads: NO_READS, of: () => NOTHING };

/**
 * What plugins have put there, and over it what the expressions of a source give. Nothing is read where no mapping asks for it.
 * @throws {HeadgateError} EXPRESSION_INVALID
 */
export function connectorContext({ name, sources = {} }: SubgraphOptions, connectors: Connectors): ConnectorContext {
  if (!connectorsOf(connectors).some((connector) => readsVariable(connector, '$context'))) return NONE;
  const bySource = new Map(
    [...connectors.sources.keys()].map((source) => {
      const given = Object.entries((Object.hasOwn(sources, source) ? sources[source]?.context : undefined) ?? {});
      const where = `subgraphs.${name}.sources.${source}.context`;
      const vocabulary = fetchVocabulary(name);
      return [
        source,
        given.map(([key, text]) => {
          const expression = compileRequestExpression(text, { where: `${where}.${key}`, vocabulary });
          return [key, expression] as const;
        }),
      ] as const;
    }),
  );
  const expressions = [...bySource.values()].flat().map(([, { reads }]) => reads);
  return {
    reads: allReads([{ ...NO_READS, facts: [CONNECTOR_CONTEXT] }, ...expressions]),
    of: (source, { headers, facts }) => {
      const values: Record<string, Json> = { ...(facts.get(CONNECTOR_CONTEXT) as JsonObject | undefined) }; // as: JSON
      for (const [key, { evaluate }] of bySource.get(source) ?? []) {
        const value = evaluate({ headers, facts });
        if (value === undefined || value instanceof EvaluationError) delete values[key];
        else values[key] = jsonOf(value) as Json; // as: that is what it makes
      }
      return values;
    },
  };
}
