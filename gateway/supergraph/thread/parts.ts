import { type DefinitionNode, type DirectiveNode, type DocumentNode, Kind, parse } from 'graphql';

/** Cuts an SDL between definitions, into parts of about so many characters that parse by themselves. */
export function cutAtDefinitions(sdl: string, charactersAbout: number): readonly string[] {
  const parts: string[] = [];
  let begin = 0;
  for (const { loc } of parse(sdl).definitions) {
    const end = loc?.end ?? 0;
    if (end - begin < charactersAbout) continue;
    parts.push(sdl.slice(begin, end));
    begin = end;
  }
  const rest = sdl.slice(begin);
  return rest.trim() === '' ? parts : [...parts, rest];
}

const JOIN_DIRECTIVE = 'join__directive';

type Annotated = { readonly directives?: readonly DirectiveNode[] | undefined };

function argument({ arguments: given = [] }: DirectiveNode, name: string) {
  return given.find((one) => one.name.value === name)?.value;
}

/** Graphs whose own directives composition has kept on this node. */
function annotatingGraphs({ directives = [] }: Annotated): readonly string[] {
  return directives.flatMap((directive) => {
    const graphs = directive.name.value === JOIN_DIRECTIVE ? argument(directive, 'graphs') : undefined;
    return graphs?.kind === Kind.LIST ? graphs.values.flatMap((one) => (one.kind === Kind.ENUM ? one.value : [])) : [];
  });
}

function isOfGraph({ directives = [] }: Annotated, graphs: ReadonlySet<string>): boolean {
  return directives.some((directive) => {
    const graph = directive.name.value === 'join__type' ? argument(directive, 'graph') : undefined;
    return graph?.kind === Kind.ENUM && graphs.has(graph.value);
  });
}

function isSchema({ kind }: DefinitionNode): boolean {
  return kind === Kind.SCHEMA_DEFINITION || kind === Kind.SCHEMA_EXTENSION;
}

/**
 * A supergraph without the types that only subgraphs without directives of their own have, every line where it was: what
 * readers of such directives, adapters, need of it.
 * @param document of `sdl`, with locations
 * @returns empty when no subgraph links directives of its own
 */
export function annotatedPart(sdl: string, document: DocumentNode): string {
  const { definitions } = document;
  const graphs = new Set(definitions.filter(isSchema).flatMap((one) => annotatingGraphs(one)));
  if (graphs.size === 0) return '';
  let text = '';
  let at = 0;
  for (const definition of definitions) {
    const { start = at, end = at } = definition.loc ?? {};
    const isGraphs = definition.kind === Kind.ENUM_TYPE_DEFINITION && definition.name.value === 'join__Graph';
    const isWanted = isSchema(definition) || isGraphs || isOfGraph(definition, graphs);
    const own = sdl.slice(start, end);
    text += sdl.slice(at, start) + (isWanted ? own : own.replace(/[^\n]+/g, ''));
    at = end;
  }
  return text + sdl.slice(at);
}
