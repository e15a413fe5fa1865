import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { inBackground } from '../background';
import { receiveBody } from './body';
import type { BodyBudget } from './body-budget';
import { Exchange, REQUEST_ID } from './exchange';
import { Http1Stream } from './http1-stream';
import { endWith } from './large-body';
import { lingerFor } from './linger';
import type { Answer } from './route';
import { dismiss, isStreamed, StreamedAnswer, type StreamedBody } from './streamed-body';

/** One request and its answer by HTTP/1.1. */
export class Http1Exchange extends Exchange {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  #awaitsContinue: boolean;

  /** @param awaitsContinue the client sends the body after a 100 (Continue) only */
  constructor(request: IncomingMessage, response: ServerResponse, room: BodyBudget, awaitsContinue: boolean) {
    super(request.method ?? 'GET', request.url ?? '/', request.headers, room);
    this.#request = request;
    this.#response = response;
    this.#awaitsContinue = awaitsContinue;
  }

  get socket(): Socket {
    return this.#request.socket;
  }

  get received(): boolean {
    return this.#request.complete;
  }

  receive(onBody: (body: Buffer) => void, onError: (error: unknown) => void): void {
    if (this.#awaitsContinue && this.announcedBytes <= this.place.bytesMax) {
      this.#awaitsContinue = false;
      this.#response.writeContinue();
    }
    receiveBody(this.#request, this.headers, this.place, this.gone, onBody, onError);
  }

  send(answer: Answer, last: boolean, silenceMs: number): void {
    const response = this.#response;
    const { body } = answer;
    // Of an answer that was to follow another one, the response does not tell that its client has gone.
    if (response.headersSent || response.destroyed || this.released) {
      dismiss(body);
      return;
    }
    const bodiless = answer.status === 204 || answer.status === 304;
    // As a list, which node:http writes as it is.
    const headers: (string | string[])[] = ['x-content-type-options', 'nosniff'];
    // A plugin or a header rule may say another one.
    if (this.id !== '' && answer.headers?.[REQUEST_ID] === undefined) headers.push(REQUEST_ID, this.id);
    const { own } = answer;
    for (const name in answer.headers) {
      if (own?.some(([other]) => other === name)) continue;
      const value = answer.headers[name] ?? '';
      headers.push(name, typeof value === 'string' ? value : [...value]);
    }
    if (own !== undefined) for (const [name, value] of own) headers.push(name, value);
    if (!bodiless && !isStreamed(body)) headers.push('content-length', String(Buffer.byteLength(body ?? '')));
    // A client that still waits for "100 Continue" may or may not send its body now: the connection cannot be reused.
    if (last || this.#awaitsContinue) headers.push('connection', 'close');
    // Node would close the connection with the answer where the client asks for that: one that is still sending would lose it.
    const closesLater = !this.#request.complete && !response.shouldKeepAlive;
    if (closesLater) response.shouldKeepAlive = true;
    response.writeHead(answer.status, headers);
    if (isStreamed(body)) this.#stream(body, answer, bodiless, silenceMs);
    else {
      endWith(response, bodiless ? undefined : body);
      if (!response.writableFinished) this.holdUntilSent(body);
    }
    if (!this.#request.complete) response.once('finish', () => lingerFor(this.#request, closesLater));
  }

  #stream(body: StreamedBody, { trailers }: Answer, bodiless: boolean, silenceMs: number): void {
    const response = this.#response;
    if (bodiless || this.#request.method === 'HEAD') {
      dismiss(body);
      response.end();
      return;
    }
    const site = new Http1Stream(response, this.socket, this.gone, silenceMs, trailers);
    inBackground('body of an answer', new StreamedAnswer(body, site).send());
  }

  /** Ends the connection. */
  destroy(): void {
    this.#response.destroy();
  }
}
