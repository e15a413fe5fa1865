import { type ConstDirectiveNode, Kind, parse, print, visit } from 'graphql';
import { readSdl } from './from-sdl';
import { readConnectLink } from './link';

/**
 * An adapter's SDL without the connect link and its directives: what composes it as an ordinary GraphQL subgraph.
 * @throws {GraphQLError} the text is no SDL
 */
export function plainSdl(sdl: string): string {
  const { link } = readSdl('', sdl);
  const isConnect = (node: ConstDirectiveNode) =>
    node.name.value === 'link'
      ? readConnectLink(node.arguments ?? []) !== null
      : node.name.value === link?.connect || node.name.value === link?.source;
  const stripped = visit(parse(sdl, { noLocation: true }), {
    // Definitions hold only directives that are constant.
    Directive: (node) => (isConnect(node as ConstDirectiveNode) ? null : undefined),
    SchemaExtension: {
      leave: (node) => ((node.directives ?? []).length + (node.operationTypes ?? []).length === 0 ? null : undefined),
    },
  });
  return print({ kind: Kind.DOCUMENT, definitions: stripped.definitions });
}
