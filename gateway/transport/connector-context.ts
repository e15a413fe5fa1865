import type { Fact } from '../facts';

/** What mappings of REST adapters read as `$context`: JSON values that plugins know of a call, by name. */
export const CONNECTOR_CONTEXT: Fact<Readonly<Record<string, unknown>>> = {
  name: 'context of connectors',
  keyOf: (values) => JSON.stringify(values),
};
