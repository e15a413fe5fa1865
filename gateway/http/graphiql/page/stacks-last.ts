/** Takes the stacks out of an answer's errors and puts them behind everything else: the messages are what one looks for. */
export function stacksLast(answer: Record<string, unknown>): Record<string, unknown> {
  const { errors } = answer;
  if (!Array.isArray(errors)) return answer;
  const stacks: Record<string, unknown> = {};
  const shortened = errors.map((error: unknown, index) => {
    const { extensions, ...rest } = asObject(error) ?? {};
    const { stacktrace, ...others } = asObject(extensions) ?? {};
    if (stacktrace === undefined) return error;
    stacks[`errors.${index}`] = stacktrace;
    return Object.keys(others).length === 0 ? rest : { ...rest, extensions: others };
  });
  const ordered = { ...answer, errors: shortened };
  return Object.keys(stacks).length === 0 ? ordered : { ...ordered, stacktraces: stacks };
}

function asObject(value: unknown): Record<string, unknown> | null {
  // A parsed object has string keys; its values stay unknown.
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
}
