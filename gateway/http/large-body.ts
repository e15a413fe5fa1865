import type { ServerResponse } from 'node:http';

/** What is given to the kernel in one turn of the event loop, which copies it. */
const SLICE_BYTES = 512_000;

/** Ends a response with a body, of a large one a slice in each turn of the event loop: all of 30 MB would take 50 ms. */
export function endWith(response: ServerResponse, body: string | Buffer | undefined): void {
  if (typeof body === 'string' || body === undefined || body.length <= SLICE_BYTES) response.end(body);
  else endInSlices(response, body, 0);
}

function endInSlices(response: ServerResponse, body: Buffer, at: number): void {
  // Its client is gone.
  if (response.destroyed) return;
  const next = at + SLICE_BYTES;
  const slice = body.subarray(at, next);
  if (next >= body.length) {
    response.end(slice);
    return;
  }
  const goOn = () => setImmediate(endInSlices, response, body, next);
  // A slice is more than what a socket keeps: to be drained is to be through. Of an answer to HEAD nothing is sent.
  if (response.write(slice)) goOn();
  else response.once('drain', goOn);
}
