/** A value that is there, or the promise of one. */
export type Soon<T> = T | Promise<T>;

/**
 * One step of the way. A step that can go on at once returns a value and no promise; it may throw, or reject.
 * See decision 25 for the figures behind this form.
 */
export type Step<I, O, C> = (input: I, context: C) => Soon<O>;

/** Something that happens around a step: before it, after it, in place of it. */
export interface Layer<I, O, C> {
  readonly name: string;
  wrap(next: Step<I, O, C>): Step<I, O, C>;
}

/**
 * Puts layers around a step, the first one outermost; null stands for one that is not configured.
 * @returns the step itself when there is no layer: nothing is left of a layer that is not there
 */
export function stack<I, O, C>(base: Step<I, O, C>, layers: readonly (Layer<I, O, C> | null)[]): Step<I, O, C> {
  return layers.reduceRight((next, layer) => (layer === null ? next : layer.wrap(next)), base);
}

/** Goes on with a value: at once when it is there. What `onValue` throws is the result. */
export function then<T, U>(work: Soon<T>, onValue: (value: T) => Soon<U>): Soon<U> {
  return work instanceof Promise ? work.then(onValue) : onValue(work);
}

/** Takes a step, and goes on with what came of it: at once when it is there. */
export function settle<T, U>(
  take: () => Soon<T>,
  onValue: (value: T) => Soon<U>,
  onError: (error: unknown) => Soon<U>,
): Soon<U> {
  let work: Soon<T>;
  try {
    work = take();
  } catch (error) {
    return onError(error);
  }
  return work instanceof Promise ? work.then(onValue, onError) : onValue(work);
}
