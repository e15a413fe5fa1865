import { GraphQLError } from 'graphql';
import type { CompiledFetch } from './compiled-fetch';
import { pathOf } from './prepared-fetch';
import type { Misfit, Run } from './run';
import type { Place } from './subgraph-errors';

interface Refused extends Place {
  readonly misfit: Misfit;
}

/** Entities of one request that are not asked because what they require is not known: their nulls have to be explained. */
export class RefusedEntities {
  #refused: Refused[] | null = null;

  /** To be called where an entity has no representation. */
  note(step: CompiledFetch, run: Run): void {
    const { misfit } = run;
    if (misfit === null) return;
    run.misfit = null;
    this.#refused ??= [];
    this.#refused.push({ step, target: run.indexes.slice(), misfit });
  }

  /** Adds an error for each field that needs what is not known. */
  report(run: Run): void {
    for (const { step, target, misfit } of this.#refused ?? []) {
      if (run.isFullOfErrors) return;
      const path = pathOf(step.path, target);
      const fields = step.fields(misfit);
      const covered = fields.length === 0 ? [path] : fields.map(({ key }) => [...path, key]);
      const list = [misfit.holder, misfit.path.at(-1)].filter((one) => one !== null).join('.');
      const reason = `${list} was answered with lists of different length, whose elements cannot be told apart.`;
      const extensions = { code: 'SUBGRAPH_RESPONSE_INVALID' };
      const requiring = fields.filter(({ requires }) => requires);
      if (requiring.length === 0) run.addError(new GraphQLError(reason, { extensions, path }), covered);
      for (const { key, coordinate } of requiring)
        run.addError(
          new GraphQLError(`${coordinate} was not asked for: ${reason}`, { extensions, path: [...path, key] }),
          covered,
        );
    }
  }
}
