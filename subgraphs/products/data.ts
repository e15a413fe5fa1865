export interface Product {
  readonly upc: string;
  readonly code: { readonly vendor: string; readonly number: string };
  readonly name: string;
  /** US cents. */
  readonly price: number;
  /** Grams. */
  readonly weight: number;
  readonly categoryId: string;
  readonly brandId: string;
  readonly details: ProductDetails;
}

type ProductDetails =
  | { readonly __typename: 'BookDetails'; readonly author: string; readonly pages: number }
  | {
      readonly __typename: 'FurnitureDetails';
      readonly material: 'OAK' | 'STEEL' | 'GLASS';
      readonly dimensions: { readonly width: number; readonly height: number; readonly depth: number };
    }
  | { readonly __typename: 'GadgetDetails'; readonly voltage: number; readonly wireless: boolean };

export type Brand =
  | {
      readonly __typename: 'Publisher';
      readonly id: string;
      readonly name: string;
      readonly vendor: string;
      readonly imprints: readonly string[];
    }
  | {
      readonly __typename: 'Manufacturer';
      readonly id: string;
      readonly name: string;
      readonly vendor: string;
      readonly country: string;
    };

export interface Category {
  readonly __typename: 'Category';
  readonly id: string;
  readonly title: string;
}

/** `vendor` is what the labels say; see {@link Product.code}. */
export const brands: readonly Brand[] = [
  { __typename: 'Publisher', id: 'lighthouse', name: 'Lighthouse Press', vendor: 'LH', imprints: ['Beacon', 'Keeper'] },
  { __typename: 'Publisher', id: 'tidepool', name: 'Tidepool Books', vendor: 'TP', imprints: ['Shoreline'] },
  { __typename: 'Manufacturer', id: 'oakline', name: 'Oakline', vendor: 'OK', country: 'SE' },
  { __typename: 'Manufacturer', id: 'northwind', name: 'Northwind Workshop', vendor: 'NW', country: 'NL' },
  { __typename: 'Manufacturer', id: 'brightway', name: 'Brightway Electric', vendor: 'BR', country: 'JP' },
];

export const categories: readonly Category[] = [
  { __typename: 'Category', id: 'books', title: 'Books' },
  { __typename: 'Category', id: 'furniture', title: 'Furniture' },
  { __typename: 'Category', id: 'gadgets', title: 'Gadgets for bright people' },
];

type Row = readonly [upc: string, number: string, name: string, price: number, weight: number];

function product(
  [upc, number, name, price, weight]: Row,
  categoryId: string,
  brandId: string,
  details: ProductDetails,
): Product {
  const vendor = brands.find((brand) => brand.id === brandId)?.vendor ?? brandId;
  return { upc, code: { vendor, number }, name, price, weight, categoryId, brandId, details };
}

function book(row: Row, brandId: string, author: string, pages: number): Product {
  return product(row, 'books', brandId, { __typename: 'BookDetails', author, pages });
}

function furniture(
  row: Row,
  brandId: string,
  material: 'OAK' | 'STEEL' | 'GLASS',
  [width, height, depth]: readonly [number, number, number],
): Product {
  const dimensions = { width, height, depth };
  return product(row, 'furniture', brandId, { __typename: 'FurnitureDetails', material, dimensions });
}

function gadget(row: Row, voltage: number, wireless: boolean): Product {
  return product(row, 'gadgets', 'brightway', { __typename: 'GadgetDetails', voltage, wireless });
}

export const products: readonly Product[] = [
  book(['1001', '01', 'The Keeper of the Northern Light', 1899, 420], 'lighthouse', 'Ines Carrow', 344),
  book(['1002', '02', 'Maps for Slow Travellers', 2450, 610], 'lighthouse', 'Tom Adeyemi', 512),
  book(['1003', '03', 'What the Crab Knew', 1290, 260], 'tidepool', 'Lena Sorensen', 198),
  book(['1004', '04', 'Bright Water', 1590, 310], 'tidepool', 'Marek Dvorak', 276),
  furniture(['2001', '10', 'Reading Chair', 24900, 9200], 'oakline', 'OAK', [680, 940, 720]),
  furniture(['2002', '11', 'Low Shelf', 12900, 14500], 'oakline', 'OAK', [1200, 420, 300]),
  furniture(['2003', '12', 'Folding Stool', 3900, 2100], 'oakline', 'STEEL', [340, 450, 340]),
  furniture(['2004', '20', 'Glass Desk', 38900, 27400], 'northwind', 'GLASS', [1400, 740, 700]),
  furniture(['2005', '21', 'Coat Stand', 7400, 5300], 'northwind', 'STEEL', [420, 1750, 420]),
  gadget(['3001', '30', 'Bright Desk Lamp', 5900, 1300], 230, false),
  gadget(['3002', '31', 'Pocket Radio', 4500, 240], 3, true),
  gadget(['3003', '32', 'Book Light', 1900, 90], 5, true),
];
