/** What a route answers: a status and a JSON value. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export function ok(body: unknown): Answer {
  return { status: 200, body };
}

export function refuse(status: number, code: string, message: string): Answer {
  return { status, body: { error: { code, message } } };
}
