import { Kind } from 'graphql';
import type { Authorization } from '../authorization/authorization';
import { LastRuns } from '../execution/last-runs';
import type { createOperation, Operation } from '../execution/operation';
import { Compiler } from '../execution/programs';
import { KeptMap } from '../kept';
import { settle } from '../layers';
import { fetchesIn, type Plan } from '../planning/plan';
import type { Admission } from '../security/admission';
import { allReads, compileReads } from '../transport/reads';
import { fieldsAsked } from './fields-asked';
import type { PermittedPart } from './guarded-operation';
import { permittedExecution } from './permitted-execution';
import { type Execution, headOf, type PreparedOperation, type Used } from './prepared-operation';
import { refusalOf } from './refusals';
import type { Version } from './version';

export type CompileOperation = typeof createOperation;

const COMPILED_BYTES = 5_000;

interface Compiled {
  readonly operation: Operation;
  readonly fetches: Version['fetches'];
}

/** Makes of plans what executes them in one version. */
export class Binder {
  readonly #admission: Admission;
  readonly #authorization: Authorization;
  readonly #hideSuggestions: boolean;
  readonly #compile: CompileOperation;
  readonly #operations = new KeptMap<Plan, Compiled>({
    name: 'compiled operations',
    // What is compiled counts where programs are kept.
    weigh: () => COMPILED_BYTES,
  });
  readonly #lastRuns = new LastRuns();
  readonly #compiler = new Compiler();

  constructor(admission: Admission, authorization: Authorization, hideSuggestions: boolean, compile: CompileOperation) {
    this.#admission = admission;
    this.#authorization = authorization;
    this.#hideSuggestions = hideSuggestions;
    this.#compile = compile;
  }

  /** Lets go of what is compiled for versions before. */
  forget(): void {
    this.#operations.clear();
    this.#compiler.cache.clear();
  }

  /** @param keeps whether equal plans find it again */
  whole(used: Used, version: Version, plan: Plan, keeps: boolean): PreparedOperation {
    const known = this.#operations.get(plan);
    const { fetches } = version;
    // Plans outlive a reload of the configuration, which brings other senders.
    if (known?.fetches === fetches) return this.#bind(used, version, known.operation);
    const operation = this.#compiled(version, plan, used);
    if (keeps) this.#operations.set(plan, { operation, fetches });
    return this.#bind(used, version, operation);
  }

  /** Binds what is permitted of an operation. Nobody else finds it by its plan, which other operations may have as well. */
  part(used: Used, version: Version, plan: Plan, part: PermittedPart, mode: 'filter' | 'reject'): PreparedOperation {
    const prepared = this.#bind(used, version, this.#compiled(version, plan, used, part));
    const execute = permittedExecution(part, used.operation, this.#authorization, mode, prepared.execute);
    return { ...prepared, execute };
  }

  #compiled({ supergraph, fetches }: Version, plan: Plan, used: Used, part?: PermittedPart): Operation {
    const { document, operation } = used;
    const hideSuggestions = this.#hideSuggestions || part?.isDiscreet === true;
    const compiler = this.#compiler;
    const permitted = part && { ...part, ...(part.planned ?? nothingOf(part)) };
    return this.#compile({ plan, document, operation, permitted, supergraph, fetches, hideSuggestions, compiler });
  }

  #bind(used: Used, version: Version, { plan, execute }: Operation): PreparedOperation {
    const { errorMasks } = version;
    const services = new Set(fetchesIn(plan.node).map(({ serviceName }) => serviceName));
    return {
      head: headOf(used),
      plan,
      variables: used.operation.variableDefinitions ?? [],
      fields: onDemand(() => fieldsAsked(used, version.supergraph.apiSchema)),
      look: compileReads(allReads([...services].flatMap((service) => version.reads.get(service) ?? []))),
      execute: (variables, flight, ownsAnswer, onError = 'PROPAGATE') => {
        const refused = this.#admission.refuseVariables(variables, flight.id);
        if (refused !== null) return { data: undefined, errors: [refused] };
        const { limits } = this.#admission;
        // Texts are for whoever writes the answer: others read it, or change it.
        const lastRuns = ownsAnswer ? null : this.#lastRuns;
        const options = { limits, lastRuns, takesJsonText: !ownsAnswer, errorMasks, onError };
        return settle<Execution, Execution>(
          () => execute(variables, flight, options),
          (executed) => executed,
          (error) => ({ data: undefined, errors: [refusalOf(error, flight.id)] }),
        );
      },
    };
  }
}

/** An operation that asks for nothing. */
function nothingOf({ shape: { operation } }: PermittedPart): NonNullable<PermittedPart['planned']> {
  const selectionSet = { ...operation.selectionSet, selections: [] };
  const nothing = { ...operation, variableDefinitions: [], selectionSet };
  return { document: { kind: Kind.DOCUMENT, definitions: [nothing] }, operation: nothing };
}

/** Makes a value when it is wanted first. */
function onDemand<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
