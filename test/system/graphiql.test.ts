import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { createGraphiql } from '../../gateway/http/graphiql/routes';
import { jsonAnswer } from '../../gateway/http/route';
import { HttpServer } from '../../gateway/http/server';
import { packageRoot } from '../../gateway/package-root';
import { httpStack } from '../../gateway/pipeline';
import { BROWSER_MISSING, browserOptions, launchBrowser } from '../fixtures/browser';
import { exampleConfig } from '../fixtures/example-config';
import { type ExampleServices, startExampleServices } from '../fixtures/example-services';
import { explorableShop } from '../fixtures/explorable-shop';
import { type HeadgateProcess, startHeadgate } from '../fixtures/headgate-process';

const options = browserOptions();
const inBrowser = options === null ? describe.skip : describe;
const QUERY_EDITOR = '.graphiql-query-editor .view-lines';
const RESPONSE = '.graphiql-response .view-lines';
const FAILURES = {
  errors: ['first message', 'second message'].map((message) => ({
    message,
    extensions: { code: 'INTERNAL_SERVER_ERROR', stacktrace: [`Error: ${message}`, '    at deep (house.js:1:1)'] },
  })),
  data: null,
};
/** Before any script of the page: nothing of an earlier page is there, and what the policy refuses is noted. */
const PREPARE = `
  localStorage.clear();
  window.violations = [];
  document.addEventListener('securitypolicyviolation', (event) => {
    window.violations.push(event.effectiveDirective + ' ' + event.blockedURI + ' ' + event.sample);
  });`;

/** One for all tests: pages find scripts in its cache, and nothing else of each other. */
let browser: Browser;
let pages: BrowserContext;
beforeAll(async () => {
  if (options === null) return;
  browser = await launchBrowser(options);
  pages = await browser.newContext();
});
afterAll(() => browser?.close());

/** A page of GraphiQL and all that went wrong in it. */
interface Visit {
  readonly page: Page;
  /** Console errors and warnings, uncaught errors, failed requests. */
  readonly complaints: readonly string[];
  readonly requests: readonly string[];
}

async function visit(address: string): Promise<Visit> {
  const page = await pages.newPage();
  // Jest's own time ends what hangs.
  page.setDefaultTimeout(0);
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('requestfailed', (request) => complaints.push(`${request.url()}: ${request.failure()?.errorText}`));
  page.on('request', (request) => requests.push(request.url()));
  await page.addInitScript(PREPARE);
  await page.goto(address);
  await page.waitForSelector(`${QUERY_EDITOR} .view-line`);
  return { page, complaints, requests };
}

/** Replaces the operation by typing. */
async function type(page: Page, operation: string): Promise<void> {
  await page.click(QUERY_EDITOR);
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Delete');
  await page.keyboard.type(operation);
}

/** The lines of an editor, once one of them holds `expected`. Monaco shows blanks as no-break spaces. */
async function shown(page: Page, editor: string, expected: string): Promise<string> {
  const lines = page.locator(`${editor} .view-line`);
  await lines.filter({ hasText: expected }).first().waitFor();
  return (await lines.allTextContents()).join('\n').replaceAll('\u00a0', ' ');
}

/** Resolves once the name is suggested; asks again, since the worker that knows names may have been loading until now. */
async function suggested(page: Page, name: string): Promise<void> {
  const suggestion = page.locator('.suggest-widget .monaco-list-row', { hasText: name });
  const isShown = () =>
    suggestion.waitFor({ timeout: 3_000 }).then(
      () => true,
      () => false,
    );
  while (!(await isShown())) {
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+Space');
  }
  await page.keyboard.press('Escape');
}

inBrowser(`GraphiQL in Chromium${options === null ? ` (skipped: ${BROWSER_MISSING})` : ''}`, () => {
  let server: HttpServer;
  let url: string;

  beforeAll(async () => {
    server = new HttpServer({
      name: 'server',
      listen: { host: '127.0.0.1', port: 0 },
      portRemedy: 'port 0 is never taken',
      way: httpStack(
        [
          ...createGraphiql({ path: '/graphql' }).routes,
          ...createGraphiql({ path: '/explained' }).routes,
          ...createGraphiql({
            path: '/prefilled',
            defaultQuery: 'query Prefilled { greeting(name: "<b>&amp;") }',
          }).routes.slice(0, 1),
          ...createGraphiql({ path: '/failing' }).routes.slice(0, 1),
          explorableShop('/graphql', false),
          explorableShop('/prefilled', false),
          { method: 'POST', path: '/failing', handle: async () => jsonAnswer(200, FAILURES) },
          explorableShop('/explained', true),
        ],
        null,
        null,
      ),
      requestBytesMax: 100_000,
      requestTimeoutMs: 60_000,
    });
    ({ url } = await server.listen());
  });
  afterAll(() => server.close());

  it('runs a typed query and shows the answer, without a complaint and from this origin alone', async () => {
    const { page, complaints, requests } = await visit(`${url}/graphql`);
    expect(await page.title()).toBe('Headgate');
    await type(page, 'query Typed { greeting(name: "Ada") }');
    // The tab takes the name of the operation once GraphiQL has read what was typed.
    await page.locator('[role=tab]', { hasText: 'Typed' }).waitFor();
    await page.keyboard.press('Control+Enter');
    expect(await shown(page, RESPONSE, 'Hello,')).toContain('"greeting": "Hello, Ada"');
    expect(complaints).toEqual([]);
    expect(await page.evaluate('window.violations')).toEqual([]);
    expect(requests.filter((request) => !request.startsWith(`${url}/`))).toEqual([]);
    await page.close();
  });

  it('completes fields and marks unknown ones, by its workers', async () => {
    const { page, complaints } = await visit(`${url}/graphql`);
    await type(page, '{ greet');
    await suggested(page, 'greeting');
    await type(page, '{ greetings }');
    await page.locator('.graphiql-query-editor .squiggly-error').first().waitFor({ state: 'attached' });
    expect(complaints).toEqual([]);
    expect(await page.evaluate('window.violations')).toEqual([]);
    await page.close();
  });

  it('formats the operation', async () => {
    const { page, complaints } = await visit(`${url}/graphql?query={greeting,products{id}}`);
    await page.click('button[aria-label^="Prettify"]');
    await page.locator('.graphiql-query-editor .view-line').nth(4).waitFor();
    expect(await shown(page, QUERY_EDITOR, 'products')).toContain('{\n  greeting\n  products {\n    id\n  }\n}');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('shows text that looks like markup as it is', async () => {
    const comment = '# <b style="color: red"> style="x"';
    const { page } = await visit(`${url}/graphql?query=${encodeURIComponent(`${comment}\n{ greeting }`)}`);
    expect(await shown(page, QUERY_EDITOR, 'color')).toContain(comment);
    await page.close();
  });

  it('shows plan, requests and phases in a tab of their own and not in the answer', async () => {
    const { page, complaints } = await visit(`${url}/explained`);
    await page.click('button[aria-label="Show Query plan"]');
    await page.click('.graphiql-execute-button');
    const plan = page.locator('.headgate-plan');
    await plan.locator('.headgate-waterfall li').nth(3).waitFor();
    const text = await plan.textContent();
    expect(text).toContain('4 requests to 4 services in 30.2 ms');
    expect(text).toContain('127.0.0.1:4010');
    expect(text).toContain('SUBGRAPH_UNREACHABLE');
    expect(text).toContain('refused (ECONNREFUSED)');
    await plan.locator('summary', { hasText: 'inventory' }).click();
    expect(await plan.textContent()).toContain('_entities(representations: $representations)');
    const answer = await shown(page, RESPONSE, 'traceId');
    expect(answer).not.toContain('queryPlan');
    expect(answer).not.toContain('subgraphCalls');
    // And what the gateway did beside the requests, and why there are fewer of them than fetches.
    await plan.locator('.headgate-waterfall-phase').nth(3).waitFor();
    for (const phase of ['Reading and validating', 'Planning', 'Preparing the requests', 'Merging the answers'])
      expect(text).toContain(phase);
    expect(text).toContain('The plan has 5 fetches.');
    expect(complaints).toEqual([]);
    expect(await page.evaluate('window.violations')).toEqual([]);
    await page.close();
  });

  it('opens with the operation of the configuration, as it is', async () => {
    const { page, complaints } = await visit(`${url}/prefilled`);
    expect(await shown(page, QUERY_EDITOR, 'Prefilled')).toContain('query Prefilled { greeting(name: "<b>&amp;") }');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('shows every error before the first stack', async () => {
    const { page } = await visit(`${url}/failing?query={greeting}`);
    await page.click('.graphiql-execute-button');
    const answer = await shown(page, RESPONSE, 'stacktraces');
    expect(answer.indexOf('second message')).toBeGreaterThan(0);
    expect(answer.indexOf('second message')).toBeLessThan(answer.indexOf('at deep'));
    await page.close();
  });

  it('has panes to read in and the active tab in sight on a phone', async () => {
    const { page } = await visit(`${url}/explained`);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.click('button[aria-label="Show Query plan"]');
    for (const pane of ['.graphiql-plugin', '.graphiql-editors', '.graphiql-response'])
      expect((await page.locator(pane).boundingBox())?.height).toBeGreaterThan(500);
    for (let tab = 0; tab < 5; tab += 1) await page.click('button[aria-label="New tab"]');
    const inSight = `(() => {
      const active = document.querySelector('[role=tab][aria-selected=true]').getBoundingClientRect();
      return document.querySelectorAll('[role=tab]').length === 6 && active.left >= 0 && active.right <= innerWidth;
    })()`;
    while (!(await page.evaluate(inSight))) await page.waitForTimeout(50);
    await page.close();
  });

  it('tells how to switch the plan on when the answer carries none', async () => {
    const { page } = await visit(`${url}/graphql`);
    await page.click('button[aria-label="Show Query plan"]');
    await page.click('.graphiql-execute-button');
    await page.locator('.headgate-plan', { hasText: 'query_plan: { expose: true }' }).waitFor();
    await page.close();
  });
});

inBrowser('GraphiQL of headgate serve --dev', () => {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-graphiql-'));
  let services: ExampleServices;
  let headgate: HeadgateProcess;

  beforeAll(async () => {
    services = await startExampleServices({ products: 2 });
    writeFileSync(join(folder, 'headgate.yaml'), exampleConfig(services));
    headgate = await startHeadgate(['serve', '--dev'], { cwd: folder });
  });
  afterAll(async () => {
    await headgate?.stop();
    await services?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('shows the fetches of a query and the instances that answered', async () => {
    const query = '{ product(upc: "1001") { name inStock reviews(first: 1) { author { displayName } } } }';
    const { page, complaints } = await visit(`${headgate.graphql}?query=${encodeURIComponent(query)}`);
    await page.click('button[aria-label="Show Query plan"]');
    await page.click('.graphiql-execute-button');
    const plan = page.locator('.headgate-plan');
    await plan.locator('.headgate-waterfall li').nth(3).waitFor();
    const text = (await plan.textContent()) ?? '';
    expect(text).toContain('to 4 services');
    const places = [services.accounts, services.reviews, services.inventory].map((url) => new URL(url).host);
    for (const place of places) expect(text).toContain(place);
    expect(services.products.some((url) => text.includes(new URL(url).host))).toBe(true);
    await plan.locator('summary', { hasText: 'reviews' }).first().click();
    expect(await plan.textContent()).toContain('_entities(representations: $representations)');
    expect(await shown(page, RESPONSE, 'displayName')).not.toContain('subgraphCalls');
    const { HEADGATE_SCREENSHOTS: screenshots } = process.env;
    if (screenshots !== undefined) await page.screenshot({ path: join(screenshots, 'query-plan.png') });
    expect(complaints).toEqual([]);
    await page.close();
  });
});

describe('the built page', () => {
  it('weighs at most 1.8 MB over the wire', async () => {
    const folder = join(packageRoot, 'dist/graphiql');
    const names = (await readdir(folder)).filter((name) => /\.(br|woff2?)$/.test(name));
    expect(names.length).toBeGreaterThan(10);
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(1_800_000);
  });
});
