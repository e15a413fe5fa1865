import { KeptMap, textBytes } from '../kept';
import { allVariables, type FetchRequest, type Representations, RequestBody } from './fetch-request';

/** Longer bodies are made anew for each request. */
const KEPT_CHARACTERS_MAX = 4_096;

/** What is known of an operation: its last request. */
interface Known {
  readonly number: number;
  lists: readonly Representations[] | null;
  variables: string;
  body: RequestBody | null;
  /** Bytes of the largest body so far. */
  bytes: number;
}

/** The bytes of the body, and its variables three times: as they are, in the key, as representations. */
function bytesOf(body: RequestBody): number {
  return 2 * body.length + 3 * textBytes(body.variables);
}

/** A plan's operations come again with every request, often with the same variables: what is the same is written once. */
export class RequestBodies {
  readonly #known = new KeptMap<string, Known>({
    name: 'subgraph requests',
    weigh: ({ bytes }, operation) => textBytes(operation) + bytes,
  });
  #operations = 0;

  of(request: FetchRequest): RequestBody {
    return request.body ?? request.keepBody(this.#bodyOf(request));
  }

  #bodyOf(request: FetchRequest): RequestBody {
    const { operation, lists, variables } = request;
    const known = this.#known.get(operation.text) ?? this.#add(operation.text);
    // Of what was prepared for another run, the very lists come again.
    if (known.body !== null && known.lists === lists && known.variables === variables) return known.body;
    const all = allVariables(request);
    const last = known.body?.variables === all ? known.body : null;
    const body = last ?? new RequestBody(operation.bodyStart, known.number, all);
    if (body.length <= KEPT_CHARACTERS_MAX) this.#keep(request, body, known);
    return body;
  }

  #add(operation: string): Known {
    this.#operations += 1;
    const known = { number: this.#operations, lists: null, variables: '', body: null, bytes: 0 };
    this.#known.set(operation, known);
    return known;
  }

  #keep({ operation, lists, variables }: FetchRequest, body: RequestBody, known: Known): void {
    known.lists = lists;
    known.variables = variables;
    if (known.body === body) return;
    known.body = body;
    const bytes = bytesOf(body);
    if (bytes <= known.bytes) return;
    known.bytes = bytes;
    this.#known.set(operation.text, known);
  }
}
