import { type Brand, brands, type Category, categories, type Product, products } from './data';

type ProductKey = { readonly upc: string } | { readonly code: Product['code'] };

interface ProductFilter {
  readonly category?: string | null;
  readonly maximumPrice?: number | null;
  readonly upcs?: readonly string[] | null;
}

interface Page {
  readonly first: number;
}

const EUR_PER_USD = 0.92;

function firstOf<Item>(items: readonly Item[], { first }: Page): readonly Item[] {
  return items.slice(0, Math.max(0, first));
}

function findProduct(key: ProductKey): Product | null {
  if ('upc' in key) return products.find((product) => product.upc === key.upc) ?? null;
  const { vendor, number } = key.code;
  return products.find(({ code }) => code.vendor === vendor && code.number === number) ?? null;
}

function findBrand({ id }: { readonly id: string }): Brand | null {
  return brands.find((brand) => brand.id === id) ?? null;
}

function findCategory({ id }: { readonly id: string }): Category | null {
  return categories.find((category) => category.id === id) ?? null;
}

function passes(product: Product, { category, maximumPrice, upcs }: ProductFilter): boolean {
  if (category != null && product.categoryId !== category) return false;
  if (maximumPrice != null && product.price > maximumPrice) return false;
  return upcs == null || upcs.includes(product.upc);
}

function search(text: string, page: Page): readonly object[] {
  const wanted = text.toLowerCase();
  const named = (name: string) => name.toLowerCase().includes(wanted);
  return firstOf<object>(
    [
      ...products.filter(({ name }) => named(name)).map((product) => ({ __typename: 'Product', ...product })),
      ...brands.filter(({ name }) => named(name)),
      ...categories.filter(({ title }) => named(title)),
    ],
    page,
  );
}

function priceIn(product: Product, currency: 'USD' | 'EUR') {
  return { amount: currency === 'USD' ? product.price : Math.round(product.price * EUR_PER_USD), currency };
}

const brandFields = {
  __resolveReference: findBrand,
  products: (brand: Brand, page: Page) =>
    firstOf(
      products.filter(({ brandId }) => brandId === brand.id),
      page,
    ),
};

export const resolvers = {
  Query: {
    product: (_: unknown, { upc }: { upc: string }) => findProduct({ upc }),
    products: (_: unknown, { filter, ...page }: Page & { filter?: ProductFilter | null }) =>
      firstOf(
        products.filter((product) => passes(product, filter ?? {})),
        page,
      ),
    search: (_: unknown, { text, ...page }: Page & { text: string }) => search(text, page),
    brand: (_: unknown, key: { id: string }) => findBrand(key),
    categories: () => categories,
  },
  Product: {
    __resolveReference: findProduct,
    price: (product: Product, { currency }: { currency: 'USD' | 'EUR' }) => priceIn(product, currency),
    category: (product: Product) => findCategory({ id: product.categoryId }),
    brand: (product: Product) => findBrand({ id: product.brandId }),
    related: (product: Product, page: Page) =>
      firstOf(
        products.filter(({ categoryId, upc }) => categoryId === product.categoryId && upc !== product.upc),
        page,
      ),
  },
  Brand: { __resolveReference: findBrand, __resolveType: (brand: Brand) => brand.__typename },
  Publisher: brandFields,
  Manufacturer: brandFields,
  Category: {
    __resolveReference: findCategory,
    products: (category: Category, page: Page) =>
      firstOf(
        products.filter(({ categoryId }) => categoryId === category.id),
        page,
      ),
  },
};
