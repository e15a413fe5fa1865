import { type DefinitionNode, type DocumentNode, Kind, visit } from 'graphql';

/**
 * Versions of specifications that the libraries do not know, and the version that each is read as. Only versions that add
 * nothing belong here: Federation 2.15 is 2.14, composed by another program (decisions/0022).
 */
const READ_AS: ReadonlyMap<string, string> = new Map([
  ['https://specs.apollo.dev/federation/v2.15', 'https://specs.apollo.dev/federation/v2.14'],
]);

/** The latest version of Federation that an SDL may link. */
export const LATEST_FEDERATION = 'v2.15';

/** An SDL whose links the libraries know, whatever directive links them. Every node keeps its place in the author's text. */
export function withKnownSpecs(document: DocumentNode): DocumentNode {
  const isLinking = ({ kind }: DefinitionNode) => kind === Kind.SCHEMA_DEFINITION || kind === Kind.SCHEMA_EXTENSION;
  const definitions = document.definitions.map((one) => {
    if (!isLinking(one)) return one;
    return visit(one, {
      StringValue(node) {
        const known = READ_AS.get(node.value.replace(/\/$/, ''));
        return known === undefined ? undefined : { ...node, value: known };
      },
    });
  });
  return { ...document, definitions };
}
