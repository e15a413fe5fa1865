import { type ExampleServices, startExampleServices } from '../fixtures/example-services';

describe('the example services', () => {
  let services: ExampleServices;
  beforeAll(async () => {
    services = await startExampleServices({ products: 2 });
  });
  afterAll(() => services.stop());

  async function ask(url: string, query: string): Promise<unknown> {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    return response.json();
  }

  async function call(path: string, options: RequestInit = {}): Promise<{ status: number; body: unknown }> {
    const response = await fetch(services.inventory + path, options);
    return { status: response.status, body: await response.json() };
  }

  describe('accounts', () => {
    it('answers the orders of the signed-in user, newest first', async () => {
      const answer = await ask(services.accounts, '{ me { handle orders { placedAt } } }');
      const orders = [{ placedAt: '2025-04-21' }, { placedAt: '2025-03-03' }, { placedAt: '2025-01-12' }];
      expect(answer).toEqual({ data: { me: { handle: 'ada', orders } } });
    });

    it('resolves users by id and by e-mail, and null for a stranger', async () => {
      const answer = await ask(
        services.accounts,
        `{ _entities(representations: [
             { __typename: "User", id: "u4" }
             { __typename: "User", email: "goro@shop.example" }
             { __typename: "User", id: "nobody" }
           ]) { ... on User { handle } } }`,
      );
      expect(answer).toEqual({ data: { _entities: [{ handle: 'dora' }, { handle: 'goro' }, null] } });
    });

    it('says which user does not exist', async () => {
      const answer = await ask(services.accounts, 'mutation { updateProfile(input: { userId: "nobody" }) { id } }');
      expect(answer).toMatchObject({
        errors: [{ message: 'no user has the id nobody', extensions: { code: 'NOT_FOUND' } }],
      });
    });
  });

  describe('products', () => {
    it('resolves products by the code on their label, and brands to what they are', async () => {
      const answer = await ask(
        services.products[0] ?? '',
        `{ _entities(representations: [
             { __typename: "Product", code: { vendor: "BR", number: "31" } }
             { __typename: "Brand", id: "tidepool" }
           ]) { __typename ... on Product { upc } ... on Brand { name } } }`,
      );
      expect(answer).toEqual({
        data: {
          _entities: [
            { __typename: 'Product', upc: '3002' },
            { __typename: 'Publisher', name: 'Tidepool Books' },
          ],
        },
      });
    });

    it('filters by category and price', async () => {
      const query =
        '{ products(filter: { category: "gadgets", maximumPrice: 4500 }) { upc price(currency: EUR) { amount } } }';
      const products = [
        { upc: '3002', price: { amount: 4140 } },
        { upc: '3003', price: { amount: 1748 } },
      ];
      expect(await ask(services.products[0] ?? '', query)).toEqual({ data: { products } });
    });

    it('names the instance that answered', async () => {
      const answers = await Promise.all(
        services.products.map((url) => fetch(`${url}?query={__typename}`, preflighted)),
      );
      expect(answers.map((answer) => answer.headers.get('x-instance'))).toEqual(['products-1', 'products-2']);
    });
  });

  describe('reviews', () => {
    it('averages the ratings of a product and knows the handle of an author', async () => {
      const answer = await ask(
        services.reviews,
        `{ _entities(representations: [{ __typename: "Product", upc: "1003" }]) {
             ... on Product { averageRating reviewCount reviews(first: 1) { author { handle } } }
           } }`,
      );
      const product = { averageRating: 3.7, reviewCount: 3, reviews: [{ author: { handle: 'chidi' } }] };
      expect(answer).toEqual({ data: { _entities: [product] } });
    });

    it('keeps one review for each product and author', async () => {
      const submit = 'submitReview(input: { productUpc: "1002", authorId: "u1", rating: 5, text: "Far." })';
      const fields = '{ ... on Review { id product { reviewCount } } }';
      const answer = await ask(services.reviews, `mutation { a: ${submit} ${fields} b: ${submit} ${fields} }`);
      const review = { id: 'r-1002-u1', product: { reviewCount: 3 } };
      expect(answer).toEqual({ data: { a: review, b: review } });
    });

    it('refuses a rating out of range as data', async () => {
      const submit = 'submitReview(input: { productUpc: "1002", authorId: "u1", rating: 6, text: "Far." })';
      const answer = await ask(services.reviews, `mutation { ${submit} { ... on ReviewRejected { reason } } }`);
      expect(answer).toEqual({ data: { submitReview: { reason: 'a rating is a number from 1 to 5' } } });
    });
  });

  describe('inventory', () => {
    it('answers the stock of several products, without those it does not know', async () => {
      const { status, body } = await call('/stock?upc=3003&upc=none&upc=1001');
      expect(status).toBe(200);
      expect(body).toMatchObject([
        { upc: '1001', warehouse: { id: 'ams' } },
        { upc: '3003', in_stock: true },
      ]);
    });

    it('answers warehouses and what is in one', async () => {
      expect(await call('/warehouses')).toMatchObject({ status: 200, body: { total: 4 } });
      expect(await call('/warehouses/mad')).toMatchObject({
        status: 200,
        body: { manager_email: 'bruno@shop.example' },
      });
      expect(await call('/warehouses/mad/stock')).toMatchObject({
        status: 200,
        body: [{ upc: '2003' }, { upc: '3003' }],
      });
    });

    it('estimates shipping by weight', async () => {
      expect(await call('/shipping/1001?grams=420')).toEqual({
        status: 200,
        body: { upc: '1001', cents: 435, days: 2 },
      });
      expect(await call('/shipping/1001')).toMatchObject({ status: 422, body: { error: { code: 'INVALID_WEIGHT' } } });
    });

    it('sets a quantity with PUT', async () => {
      const put = (body: string) => call('/stock/2002', { method: 'PUT', body });
      expect(await put('{"quantity":0}')).toMatchObject({ status: 200, body: { quantity: 0, in_stock: false } });
      expect(await put('{"quantity":-1}')).toMatchObject({
        status: 422,
        body: { error: { code: 'INVALID_QUANTITY' } },
      });
      expect(await put('{"quantity"')).toMatchObject({ status: 400 });
      expect(await put(`"${'x'.repeat(70_000)}"`)).toMatchObject({ status: 413 });
    });

    it('answers 404 as JSON', async () => {
      const unknown = { error: { code: 'UNKNOWN_PRODUCT', message: 'nothing is stored under this upc' } };
      expect(await call('/stock/none')).toEqual({ status: 404, body: unknown });
      expect(await call('/nowhere')).toMatchObject({ status: 404, body: { error: { code: 'NO_SUCH_ROUTE' } } });
    });

    it('is healthy and names its instance', async () => {
      const response = await fetch(`${services.inventory}/health`);
      expect(response.headers.get('x-instance')).toBe('inventory');
      expect(await response.json()).toEqual({ status: 'ok' });
    });
  });
});

const preflighted = { headers: { 'apollo-require-preflight': '1' } };
