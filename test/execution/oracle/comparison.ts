import type { TestSubgraph } from '../../fixtures/federation';

/** An operation that both engines run. */
interface ComparedOperation {
  readonly name: string;
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  /** True when the answer has errors. */
  readonly faulty?: boolean;
}

/** Subgraphs, and operations over them that stock answers rightly. */
export interface Comparison {
  readonly subgraphs: Readonly<Record<string, TestSubgraph>>;
  readonly operations: readonly ComparedOperation[];
}

export const FEDERATION = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external",
  "@requires", "@shareable", "@provides", "@interfaceObject", "@inaccessible", "@override", "@extends"])`;
