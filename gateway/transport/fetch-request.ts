/** The operation of a fetch, as a plan has it. Made once for each program, and the same for every request of it. */
export class FetchOperation {
  /** GraphQL text. */
  readonly text: string;
  /** The one that the text has. */
  readonly name: string | undefined;
  readonly kind: 'query' | 'mutation';
  #bodyStart: string | null = null;

  constructor(text: string, name: string | undefined, kind: 'query' | 'mutation') {
    this.text = text;
    this.name = name;
    this.kind = kind;
  }

  /** JSON of a request of it, up to the value of `variables`. */
  get bodyStart(): string {
    this.#bodyStart ??= bodyStart(this);
    return this.#bodyStart;
  }
}

function bodyStart({ text, name }: FetchOperation): string {
  const named = name === undefined ? '' : `,"operationName":${JSON.stringify(name)}`;
  return `{"query":${JSON.stringify(text)}${named},"variables":`;
}

/** Entities that an operation asks for by one of its variables. */
export interface Representations {
  /** A name of GraphQL. */
  readonly variable: string;
  /** JSON of each: an object with its `__typename`, its key and what is required. Each is there once. */
  readonly entities: readonly string[];
}

export const NO_REPRESENTATIONS: readonly Representations[] = Object.freeze([]);
/** JSON of no variables. */
export const NO_VARIABLES = '{}';
export const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});

/** How a request is written, as GraphQL over HTTP. */
export class RequestBody {
  /** JSON object of all variables. */
  readonly variables: string;
  /** Equal for equal requests only, within one subgraph: as short as can be. */
  readonly key: string;
  readonly #start: string;
  #bytes: Buffer | null = null;

  /** @param number of the operation's text */
  constructor(start: string, number: number, variables: string) {
    this.#start = start;
    this.variables = variables;
    this.key = `${number} ${variables}`;
  }

  /** Characters of it. */
  get length(): number {
    return this.#start.length + this.variables.length + 1;
  }

  /** JSON: `query`, `operationName` and `variables`. */
  get bytes(): Buffer {
    this.#bytes ??= Buffer.from(`${this.#start}${this.variables}}`);
    return this.#bytes;
  }
}

/**
 * One fetch from one subgraph, with its structure kept: a layer sees each entity, and may go on with a request of its own for
 * some of them.
 */
export class FetchRequest {
  readonly operation: FetchOperation;
  /** Empty for a fetch at a root type. */
  readonly lists: readonly Representations[];
  /** JSON object of all other variables that the operation declares. */
  readonly variables: string;
  /** Headers that are sent along, lower-case names: what header rules make of the client's. */
  readonly headers: Readonly<Record<string, string>>;
  #body: RequestBody | null = null;

  constructor(
    operation: FetchOperation,
    lists: readonly Representations[],
    variables: string,
    headers: Readonly<Record<string, string>> = NO_HEADERS,
  ) {
    this.operation = operation;
    this.lists = lists;
    this.variables = variables;
    this.headers = headers;
  }

  /** The same fetch with other headers. */
  withHeaders(headers: Readonly<Record<string, string>>): FetchRequest {
    const request = new FetchRequest(this.operation, this.lists, this.variables, headers);
    request.#body = this.#body;
    return request;
  }

  /** The request as it is written to a GraphQL subgraph: what is signed is what is sent. */
  get bodyText(): string {
    return `${this.operation.bodyStart}${allVariables(this)}}`;
  }

  /** Null before {@link keepBody}. */
  get body(): RequestBody | null {
    return this.#body;
  }

  /** Keeps how the request is written, for whoever needs it next. */
  keepBody(body: RequestBody): RequestBody {
    this.#body = body;
    return body;
  }
}

/** JSON object of all variables: the lists of representations first. */
export function allVariables({ lists, variables }: Pick<FetchRequest, 'lists' | 'variables'>): string {
  if (lists.length === 0) return variables;
  let text = '';
  for (const { variable, entities } of lists) text += `${text === '' ? '{' : ','}"${variable}":[${entities.join(',')}]`;
  return variables === NO_VARIABLES ? `${text}}` : `${text},${variables.slice(1)}`;
}
