import { type DocumentNode, GraphQLError, type OperationDefinitionNode } from 'graphql';
import type { Flight } from '../flight';
import { type Soon, then } from '../layers';
import type { Plan } from '../planning/plan';
import type { Supergraph } from '../supergraph/supergraph';
import type { FetchStep } from '../transport/fetch';
import { UNLIMITED } from './answer-size';
import { type Coerced, variableCoercer } from './coerce-variables';
import { conditionVariables } from './conditions';
import { type Executed, type ExecuteOptions, execute } from './execute';
import { operationSource, type Permitted } from './operation-source';
import { Compiler, Programs } from './programs';

const PLAIN: ExecuteOptions = { limits: UNLIMITED, lastRuns: null, takesJsonText: false, errorMasks: new Map() };

/** A planned operation that any number of requests can execute. */
export interface Operation {
  readonly plan: Plan;
  /**
   * @param variables as the client sent them
   * @param options without them, an answer has no limits
   * @throws {HeadgateError} PLANNING_FAILED, PLANNING_OVERLOADED, REQUEST_CANCELLED
   */
  execute(
    variables: Readonly<Record<string, unknown>>,
    flight: Flight,
    options?: ExecuteOptions,
  ): Soon<Executed | RequestErrors>;
}

/** The request is wrong: there is no `data` in the answer. */
interface RequestErrors {
  readonly data: undefined;
  readonly errors: readonly GraphQLError[];
}

export interface OperationInput {
  readonly plan: Plan;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Where some of it is refused: what is left and planned, and the answer to all of it. */
  readonly permitted?: Permitted | undefined;
  readonly supergraph: Supergraph;
  readonly fetches: ReadonlyMap<string, FetchStep>;
  /** Errors about variables suggest no names: they would tell what introspection is not to tell. */
  readonly hideSuggestions: boolean;
  /** Shared by many operations; one of its own when it is not there. */
  readonly compiler?: Compiler;
}

function badInput(error: GraphQLError): GraphQLError {
  return new GraphQLError(error.message, {
    ...(error.nodes === undefined ? {} : { nodes: error.nodes }),
    extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } },
  });
}

/** A variable may be null where its default makes it fit a Boolean!; a condition cannot be. Spec: section 5.8.5. */
function nullConditions(names: readonly string[], variables: Readonly<Record<string, unknown>>): GraphQLError[] {
  return names
    .filter((name) => typeof variables[name] !== 'boolean')
    .map((name) => badInput(new GraphQLError(`Variable "$${name}" of a condition must not be null.`)));
}

/** The operation with the variables whose values are coerced. */
function coercedOperation({ operation, permitted }: OperationInput, conditionNames: readonly string[]) {
  if (permitted?.isDiscreet !== true) return operation;
  const planned = permitted.operation.variableDefinitions ?? [];
  const names = new Set([...planned.map(({ variable }) => variable.name.value), ...conditionNames]);
  const variableDefinitions = operation.variableDefinitions?.filter(({ variable }) => names.has(variable.name.value));
  return { ...operation, variableDefinitions: variableDefinitions ?? [] };
}

export function createOperation(input: OperationInput): Operation {
  const { plan, document, operation, supergraph, hideSuggestions, compiler = new Compiler() } = input;
  const conditionNames = conditionVariables(document, operation, plan.node);
  const programs = new Programs(operationSource(input), conditionNames, compiler);
  /** Bodies that come again bring the same object of variables. */
  const coercions = new WeakMap<object, Coerced>();
  const coerceAnew = variableCoercer(supergraph.apiSchema, coercedOperation(input, conditionNames), hideSuggestions);

  function coerce(given: Readonly<Record<string, unknown>>): Coerced {
    const known = coercions.get(given);
    if (known !== undefined) return known;
    const result = coerceAnew(given);
    coercions.set(given, result);
    return result;
  }

  return {
    plan,
    execute(given, flight, options = PLAIN) {
      const { coerced, errors } = coerce(given);
      if (errors !== undefined) return { data: undefined, errors: errors.map(badInput) };
      const nulls = nullConditions(conditionNames, coerced);
      if (nulls.length > 0) return { data: undefined, errors: nulls };
      flight.variables = coerced;
      return then(programs.for(coerced, flight.cancellation), (program) => execute(program, coerced, flight, options));
    },
  };
}
