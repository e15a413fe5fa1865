import { ReferenceFailure } from './files';
import type { References } from './references';
import { at, isTree, isTrue, listAt, type Tree, textAt, treeAt } from './tree';

/** An operation as OpenAPI 3 has it, whatever the version of the document. */
export interface Operation {
  /** `GET /pets/{petId}`: what overrides and reports call it. */
  readonly place: string;
  readonly method: string;
  readonly path: string;
  readonly operationId: string | null;
  readonly summary: string | null;
  readonly deprecated: boolean;
  readonly parameters: readonly Parameter[];
  /** Null when there is none. */
  readonly body: Body | null;
  readonly answers: readonly Answer[];
  /** Names of security schemes, of the first way that is enough. */
  readonly security: readonly string[];
  /** The servers of the operation or its path, when they are others than those of the document. */
  readonly servers: readonly unknown[];
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly description: string | null;
  readonly schema: unknown;
  /** How a list is written: a name for each item, or one text with this between them. */
  readonly join: string | null;
  /** A media type instead of a schema. */
  readonly isContent: boolean;
  readonly style: string | null;
}

export interface Body {
  readonly required: boolean;
  readonly description: string | null;
  /** By media type, as written. */
  readonly content: ReadonlyMap<string, unknown>;
}

export interface Answer {
  /** `200`, `2XX`, `default`. */
  readonly status: string;
  readonly content: ReadonlyMap<string, unknown>;
  /** Bodies that the document shows. */
  readonly examples: readonly unknown[];
  readonly hasLink: boolean;
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];
const SEPARATORS: Readonly<Record<string, string>> = { csv: ',', ssv: ' ', tsv: '\t', pipes: '|' };
const STYLES: Readonly<Record<string, string>> = { form: ',', simple: ',', spaceDelimited: ' ', pipeDelimited: '|' };

/** One that cannot be read, with the reason. */
export interface UnreadOperation {
  readonly place: string;
  readonly operationId: string | null;
  readonly failure: string;
}

/** Every operation of the document, in its order. */
export function readOperations(document: Tree, references: References): readonly (Operation | UnreadOperation)[] {
  const isOld = Object.hasOwn(document, 'swagger');
  return Object.entries(treeAt(document, 'paths')).flatMap(([path, written]) => {
    if (path.startsWith('x-')) return [];
    const all: (Operation | UnreadOperation)[] = [];
    let item: Tree = {};
    let failure: string | null = null;
    try {
      item = references.tree(written);
    } catch (error) {
      failure = failureOf(error);
    }
    if (failure !== null) return [{ place: path, operationId: null, failure }];
    for (const method of METHODS) {
      const tree = at(item, method);
      if (!isTree(tree)) continue;
      const place = `${method.toUpperCase()} ${path}`;
      try {
        const reader = new OperationReader(document, references, isOld);
        all.push(reader.read(place, method, path, item, tree));
      } catch (error) {
        all.push({ place, operationId: textAt(tree, 'operationId'), failure: failureOf(error) });
      }
    }
    return all;
  });
}

function failureOf(error: unknown): string {
  if (error instanceof ReferenceFailure) return error.message;
  throw error;
}

class OperationReader {
  readonly #document: Tree;
  readonly #references: References;
  readonly #isOld: boolean;

  constructor(document: Tree, references: References, isOld: boolean) {
    this.#document = document;
    this.#references = references;
    this.#isOld = isOld;
  }

  read(place: string, method: string, path: string, item: Tree, tree: Tree): Operation {
    const parameters = this.#parameters(item, tree);
    const [security] = Object.hasOwn(tree, 'security') ? listAt(tree, 'security') : listAt(this.#document, 'security');
    return {
      place,
      method: method.toUpperCase(),
      path,
      operationId: textAt(tree, 'operationId'),
      summary: textAt(tree, 'summary') ?? textAt(tree, 'description'),
      deprecated: isTrue(tree, 'deprecated'),
      parameters: parameters.flatMap((one) => this.#parameter(one) ?? []),
      body: this.#isOld ? this.#oldBody(parameters, tree) : this.#body(at(tree, 'requestBody')),
      answers: Object.entries(treeAt(tree, 'responses')).flatMap(([status, answer]) =>
        this.#answer(status, answer, tree),
      ),
      security: isTree(security) ? Object.keys(security) : [],
      servers: this.#isOld ? [] : [...listAt(tree, 'servers'), ...listAt(item, 'servers')],
    };
  }

  /** Those of the path, unless the operation has one of that name there. */
  #parameters(item: Tree, tree: Tree): readonly Tree[] {
    const byName = new Map<string, Tree>();
    for (const written of [...listAt(item, 'parameters'), ...listAt(tree, 'parameters')]) {
      const one = this.#references.tree(written);
      byName.set(`${textAt(one, 'in')} ${textAt(one, 'name')}`, one);
    }
    return [...byName.values()];
  }

  #parameter(tree: Tree): Parameter | null {
    const [name, place] = [textAt(tree, 'name'), textAt(tree, 'in')];
    if (name === null || place === null || place === 'body' || place === 'formData') return null;
    const common = {
      name,
      in: place,
      required: isTrue(tree, 'required') || place === 'path',
      description: textAt(tree, 'description'),
    };
    if (this.#isOld) {
      const format = textAt(tree, 'collectionFormat') ?? 'csv';
      return { ...common, schema: tree, join: SEPARATORS[format] ?? null, isContent: false, style: null };
    }
    const style = textAt(tree, 'style') ?? (place === 'query' || place === 'cookie' ? 'form' : 'simple');
    const explode = at(tree, 'explode') ?? style === 'form';
    const join = explode === true && place === 'query' ? null : (STYLES[style] ?? ',');
    const schema = at(tree, 'schema');
    return {
      ...common,
      schema: schema ?? {},
      join,
      isContent: schema === undefined && Object.hasOwn(tree, 'content'),
      style,
    };
  }

  #body(written: unknown): Body | null {
    if (written === undefined) return null;
    const tree = this.#references.tree(written);
    return {
      required: isTrue(tree, 'required'),
      description: textAt(tree, 'description'),
      content: this.#content(treeAt(tree, 'content')),
    };
  }

  #content(tree: Tree): ReadonlyMap<string, unknown> {
    return new Map(
      Object.entries(tree).map(([type, media]) => [
        type.toLowerCase(),
        isTree(media) ? at(this.#references.tree(media), 'schema') : undefined,
      ]),
    );
  }

  #examples(content: Tree): readonly unknown[] {
    return Object.values(content).flatMap((written) => {
      const media = this.#references.tree(written);
      const named = Object.values(treeAt(media, 'examples')).flatMap(
        (one) => at(this.#references.tree(one), 'value') ?? [],
      );
      const example = at(media, 'example');
      return example === undefined ? named : [example, ...named];
    });
  }

  /** Swagger 2.0 has bodies as parameters. */
  #oldBody(parameters: readonly Tree[], tree: Tree): Body | null {
    const types = this.#mediaTypes(tree, 'consumes');
    const body = parameters.find((one) => at(one, 'in') === 'body');
    if (body !== undefined) {
      const content = new Map(types.map((type) => [type, at(body, 'schema')] as const));
      return { required: isTrue(body, 'required'), description: textAt(body, 'description'), content };
    }
    const fields = parameters.filter((one) => at(one, 'in') === 'formData');
    if (fields.length === 0) return null;
    const required = fields.filter((one) => isTrue(one, 'required')).map((one) => textAt(one, 'name'));
    const properties = Object.fromEntries(fields.map((one) => [textAt(one, 'name') ?? '', one]));
    const schema = { type: 'object', properties, required };
    const isMultipart = fields.some((one) => at(one, 'type') === 'file') || types.includes('multipart/form-data');
    const type = isMultipart ? 'multipart/form-data' : 'application/x-www-form-urlencoded';
    return { required: required.length > 0, description: null, content: new Map([[type, schema]]) };
  }

  #mediaTypes(tree: Tree, name: 'consumes' | 'produces'): readonly string[] {
    const types = Object.hasOwn(tree, name) ? listAt(tree, name) : listAt(this.#document, name);
    const texts = types.filter((type): type is string => typeof type === 'string').map((type) => type.toLowerCase());
    return texts.length === 0 ? ['application/json'] : texts;
  }

  #answer(status: string, written: unknown, operation: Tree): readonly Answer[] {
    if (status.startsWith('x-')) return [];
    const tree = this.#references.tree(written);
    const hasLink = Object.keys(treeAt(tree, 'headers')).some((name) => name.toLowerCase() === 'link');
    if (!this.#isOld) {
      const content = treeAt(tree, 'content');
      return [{ status, content: this.#content(content), examples: this.#examples(content), hasLink }];
    }
    const schema = at(tree, 'schema');
    const types = schema === undefined ? [] : this.#mediaTypes(operation, 'produces');
    const examples = Object.values(treeAt(tree, 'examples'));
    return [{ status, content: new Map(types.map((type) => [type, schema])), examples, hasLink }];
  }
}

export function isJsonType(type: string): boolean {
  const [plain = ''] = type.split(';');
  return /^(application|text)\/json$|\+json$/.test(plain.trim()) || plain.trim() === '*/*';
}

export function isTextType(type: string): boolean {
  return (type.split(';')[0] ?? '').trim() === 'text/plain';
}
