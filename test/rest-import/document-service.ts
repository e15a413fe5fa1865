import type { Script } from '../fixtures/scripted-server';

type Tree = Record<string, unknown>;

/** Objects in objects that an answer has at most; beyond it has only what must be there. */
const DEPTH_MAX = 5;

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function tree(value: unknown): Tree {
  return isTree(value) ? value : {};
}

/** A service that answers as an OpenAPI document says: with its examples, else with what its schemas describe. */
export class DocumentService {
  readonly #document: Tree;
  /** What the last request was answered with. */
  last: unknown = undefined;

  constructor(document: Tree) {
    this.#document = document;
  }

  /** @param base path before those of the document */
  script(base: string): Script {
    return (request, response) => {
      const path = new URL(request.url, 'http://service').pathname.slice(base.length) || '/';
      const operation = this.#operation(request.method.toLowerCase(), path);
      if (operation === undefined) {
        response.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"no such operation"}');
        return;
      }
      const { status, type, body } = this.#answer(operation);
      this.last = body;
      response.writeHead(status, type === null ? {} : { 'content-type': type });
      response.end(type === null ? '' : type === 'text/plain' ? String(body) : JSON.stringify(body));
    };
  }

  #operation(method: string, path: string): Tree | undefined {
    const paths = Object.entries(tree(this.#document.paths));
    // The ones without parameters first, as services do.
    const sorted = paths.sort(([a], [b]) => a.split('{').length - b.split('{').length);
    for (const [template, item] of sorted) {
      const pattern = template
        .replace(/#.*$/, '')
        .split(/\{[^{}]+\}/)
        .map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
      const fits = new RegExp(`^${pattern.join('[^/]+')}$`).test(path);
      const found = tree(this.#resolve(item))[method];
      if (fits && isTree(found)) return found;
    }
    return undefined;
  }

  #answer(operation: Tree): { status: number; type: string | null; body: unknown } {
    const answers = Object.entries(tree(operation.responses));
    const [status, written] = answers.find(([code]) => /^2/.test(code)) ??
      answers.find(([code]) => code === 'default') ?? ['200', {}];
    const answer = tree(this.#resolve(written));
    const code = /^\d+$/.test(status) ? Number(status) : 200;
    if (Object.hasOwn(this.#document, 'swagger')) {
      if (answer.schema === undefined) return { status: code, type: null, body: null };
      const example = tree(answer.examples)['application/json'];
      return { status: code, type: 'application/json', body: example ?? this.#sample(answer.schema, 0) };
    }
    const media = Object.entries(tree(answer.content));
    const [type, one] = media.find(([name]) => name.includes('json') || name === '*/*') ?? media[0] ?? [null, {}];
    if (type === null) return { status: code, type: null, body: null };
    return { status: code, type: type === '*/*' ? 'application/json' : type, body: this.#bodyOf(tree(one)) };
  }

  #bodyOf(media: Tree): unknown {
    if (media.example !== undefined) return media.example;
    const [first] = Object.values(tree(media.examples));
    const example = tree(this.#resolve(first)).value;
    return example ?? this.#sample(media.schema ?? {}, 0);
  }

  #sample(written: unknown, depth: number): unknown {
    const schema = tree(this.#resolve(written));
    if (schema.example !== undefined) return schema.example;
    if (schema.const !== undefined) return schema.const;
    if (schema.default !== undefined) return schema.default;
    if (Array.isArray(schema.enum)) return schema.enum[0];
    if (Array.isArray(schema.allOf)) return this.#merged([...schema.allOf, { ...schema, allOf: undefined }], depth);
    const [alternative] = [schema.oneOf, schema.anyOf].flatMap((list) => (Array.isArray(list) ? list : []));
    if (alternative !== undefined) return this.#sample(alternative, depth + 1);
    const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== 'null') : schema.type;
    if (type === 'array' || (type === undefined && schema.items !== undefined))
      return depth > DEPTH_MAX ? [] : [this.#sample(schema.items ?? {}, depth + 1)];
    if (type === 'object' || isTree(schema.properties)) return this.#object(schema, depth);
    if (type === 'integer') return 7;
    if (type === 'number') return 1.5;
    if (type === 'boolean') return true;
    return type === 'string' ? 'text' : { anything: true };
  }

  #object(schema: Tree, depth: number): Tree {
    const required = new Set(Array.isArray(schema.required) ? schema.required : []);
    const properties = Object.entries(tree(schema.properties)).filter(([name, property]) => {
      const { writeOnly } = tree(this.#resolve(property));
      return writeOnly !== true && (depth <= DEPTH_MAX || (required.has(name) && depth < 4 * DEPTH_MAX));
    });
    return Object.fromEntries(properties.map(([name, property]) => [name, this.#sample(property, depth + 1)]));
  }

  #merged(parts: readonly unknown[], depth: number): unknown {
    const samples = parts
      .filter((part) => Object.values(tree(part)).some((value) => value !== undefined))
      .map((part) => this.#sample(part, depth))
      .filter((sample) => !isTree(sample) || sample.anything !== true);
    return samples.every(isTree) ? Object.assign({}, ...samples) : samples.find((sample) => !isTree(sample));
  }

  #resolve(value: unknown): unknown {
    let found = value;
    for (let hops = 0; isTree(found) && typeof found.$ref === 'string' && hops < 20; hops += 1) {
      const steps = found.$ref.replace(/^#\//, '').split('/');
      let at: unknown = this.#document;
      for (const step of steps) at = tree(at)[decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')];
      found = at;
    }
    return found;
  }
}
