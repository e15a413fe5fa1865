import { KeptMap, textBytes } from '../kept';
import type { SubgraphRequest } from './send';

/** Longer bodies are made anew for each request. */
const KEPT_CHARACTERS_MAX = 4_096;

/** The part of a body that is the same for every request of an operation. */
function encodeOperation(operation: string, operationName: string | undefined): string {
  const name = operationName === undefined ? '' : `,"operationName":${JSON.stringify(operationName)}`;
  return `{"query":${JSON.stringify(operation)}${name},"variables":`;
}

/** Body of a request, in both forms. */
export interface RequestBody {
  readonly text: string;
  readonly bytes: Buffer;
}

interface Known {
  readonly beginning: string;
  lastVariables: string | null;
  lastBody: RequestBody | null;
  /** Bytes of the largest body kept so far, in both forms, and of its variables. */
  lastBytes: number;
}

/** A plan's operations come again with every request, often with the same variables: what is the same is made once. */
export class RequestBodies {
  readonly #known = new KeptMap<string, Known>({
    name: 'subgraph requests',
    weigh: ({ beginning, lastBytes }, operation) => textBytes(operation) + textBytes(beginning) + lastBytes,
  });

  encode({ operation, operationName, variables }: SubgraphRequest): RequestBody {
    // The planner names operations after the client's, so a text has one name.
    let known = this.#known.get(operation);
    if (known === undefined) {
      known = {
        beginning: encodeOperation(operation, operationName),
        lastVariables: null,
        lastBody: null,
        lastBytes: 0,
      };
      this.#known.set(operation, known);
    }
    if (known.lastBody !== null && known.lastVariables === variables) return known.lastBody;
    const text = `${known.beginning}${variables}}`;
    const body = { text, bytes: Buffer.from(text) };
    if (text.length <= KEPT_CHARACTERS_MAX) {
      known.lastVariables = variables;
      known.lastBody = body;
      const bytes = textBytes(text) + body.bytes.length + textBytes(variables);
      if (bytes > known.lastBytes) {
        known.lastBytes = bytes;
        this.#known.set(operation, known);
      }
    }
    return body;
  }
}
