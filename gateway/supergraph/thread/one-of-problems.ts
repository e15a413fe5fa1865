import type { DocumentNode } from 'graphql';
import { inputNames, oneOfInputs, wrongOneOfFields } from '../one-of';
import type { CompositionProblem } from '../supergraph';

interface NamedDocument {
  readonly name: string;
  readonly document: DocumentNode;
}

function fieldProblems({ name, document }: NamedDocument): readonly CompositionProblem[] {
  return wrongOneOfFields(document).map(({ node, message }) => ({
    subgraph: name,
    message,
    code: 'INVALID_GRAPHQL',
    line: node.loc?.startToken.line ?? null,
    column: node.loc?.startToken.column ?? null,
  }));
}

/** What is `@oneOf` for one subgraph and not for another would let clients send what one of them refuses. */
function mismatches(subgraphs: readonly NamedDocument[]): readonly CompositionProblem[] {
  const marked = subgraphs.map(({ document }) => oneOfInputs(document));
  return subgraphs.flatMap(({ name: subgraph, document }, index) =>
    [...inputNames(document)].flatMap((input) => {
      const other = subgraphs.find((_, at) => marked[at]?.has(input));
      if (other === undefined || marked[index]?.has(input)) return [];
      const message = `input ${input} is @oneOf in subgraph ${other.name} and not in subgraph ${subgraph}: write it in both`;
      return [{ subgraph, message, code: 'ONE_OF_MISMATCH', line: null, column: null }];
    }),
  );
}

/** Finds problems that composition, which does not know `@oneOf`, would not find. */
export function oneOfProblems(subgraphs: readonly NamedDocument[]): readonly CompositionProblem[] {
  return [...subgraphs.flatMap(fieldProblems), ...mismatches(subgraphs)];
}
