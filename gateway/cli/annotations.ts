/** Something to be shown beside a line of a file. */
export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  /** As the command was given it; null: of no file. */
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  readonly title: string;
  readonly message: string;
}

/** A workflow command of GitHub Actions, which shows it beside the line in a pull request. */
export function githubLine({ level, file, line, column, title, message }: Annotation): string {
  const places = file === null ? [] : [['file', file] as const, ['line', line] as const, ['col', column] as const];
  const properties = [...places, ['title', title] as const]
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}=${escaped(String(value)).replaceAll(':', '%3A').replaceAll(',', '%2C')}`);
  return `::${level} ${properties.join(',')}::${escaped(message)}`;
}

function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** What a refusal is shown as: each of its problems, in `file` those of `subgraph`; without problems, itself. */
export function annotationsOf(
  code: string,
  message: string,
  { problems, subgraph = null, file = null }: Readonly<Record<string, unknown>> = {},
): readonly Annotation[] {
  const whole: Annotation = { level: 'error', file: textOf(file), line: null, column: null, title: code, message };
  if (!Array.isArray(problems) || problems.length === 0) return [whole];
  return problems.map((one: unknown): Annotation => {
    const known: Readonly<Record<string, unknown>> = typeof one === 'object' && one !== null ? { ...one } : {};
    const said = textOf(known.message) ?? message;
    const shown = { ...whole, title: textOf(known.code) ?? code };
    if (known.subgraph != null && known.subgraph !== subgraph)
      return { ...shown, file: null, message: `${String(known.subgraph)}: ${said}` };
    return { ...shown, line: numberOf(known.line), column: numberOf(known.column), message: said };
  });
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
