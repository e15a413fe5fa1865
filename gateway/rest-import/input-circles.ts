import type { InputType } from './graph';

/** Takes the `!` off fields through which an input type would need itself: GraphQL can have no value of it. Changes the fields. */
export function breakInputCircles(types: readonly InputType[]): void {
  const open = new Set<InputType>();
  const done = new Set<InputType>();
  const visit = (type: InputType): void => {
    open.add(type);
    for (const field of type.fields) {
      const { target, use } = field;
      if (target === null || !use.required || use.lists > 0 || done.has(target)) continue;
      if (open.has(target)) field.use = { ...use, required: false };
      else visit(target);
    }
    open.delete(type);
    done.add(type);
  };
  for (const type of types) if (!done.has(type)) visit(type);
}
