import type { CompositionProblem, SubgraphDefinition } from '../supergraph';

const NAME_CHARACTERS_MAX = 200;

/**
 * A name becomes a value of the enum join__Graph, where every character but letters and digits turns into `_` and a
 * leading `__` is reserved; it also stands in logs and URLs.
 */
export function checkSubgraphNames(subgraphs: readonly SubgraphDefinition[]): readonly CompositionProblem[] {
  const seen = new Set<string>();
  const problems: CompositionProblem[] = [];
  for (const { name } of subgraphs) {
    const reason = seen.has(name) ? 'is used twice' : reasonAgainst(name);
    seen.add(name);
    if (reason === null) continue;
    // Quoted in the message and not in `subgraph`, because the name may hold a line break.
    const message = `the subgraph name ${JSON.stringify(name.slice(0, NAME_CHARACTERS_MAX))} ${reason}`;
    problems.push({ subgraph: null, message, code: 'INVALID_SUBGRAPH_NAME', line: null, column: null });
  }
  return problems;
}

function reasonAgainst(name: string): string | null {
  if (name === '') return 'is empty';
  if (name.length > NAME_CHARACTERS_MAX) return `is longer than ${NAME_CHARACTERS_MAX} characters`;
  if (/\p{Cc}/u.test(name)) return 'contains a control character';
  if (name === '_' || /^[^A-Za-z0-9]{2}/.test(name)) return 'has no letter or digit among its first two characters';
  return null;
}
