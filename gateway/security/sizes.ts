/** Lines as GraphQL counts them for the places of errors: each line feed begins one, and each carriage return. */
export function hasMoreLinesThan(text: string, max: number): boolean {
  let lines = 1;
  for (const terminator of ['\n', '\r'])
    for (let at = text.indexOf(terminator); at >= 0 && lines <= max; at = text.indexOf(terminator, at + 1)) lines++;
  return lines > max;
}

/** Whether parsed JSON holds more lists, objects and leaves than that, itself included. */
export function hasMoreValuesThan(value: unknown, max: number): boolean {
  let values = 0;
  const count = (one: unknown): void => {
    values++;
    if (typeof one !== 'object' || one === null) return;
    const children: readonly unknown[] = Array.isArray(one) ? one : Object.values(one);
    if (values + children.length > max) values += children.length;
    else for (const child of children) count(child);
  };
  count(value);
  return values > max;
}
