import { type Answer, ok, refuse } from './answer';
import { type StockRow, stock, warehouses } from './data';

export interface Call {
  readonly method: string;
  /** Decoded segments of the path. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  /** The parsed JSON body; undefined without one. */
  readonly body: unknown;
}

/** The whole service: which call gets which answer. */
export function answer(call: Call): Answer {
  const [collection = '', id, part, ...more] = call.segments;
  const route = [call.method, collection, id && ':id', part, ...more]
    .filter((segment) => segment !== undefined)
    .join(' ');
  switch (route) {
    case 'GET health':
      return ok({ status: 'ok' });
    case 'GET stock':
      return ok(findStock(call.query.getAll('upc')).map(showStock));
    case 'GET stock :id':
      return withStock(id, (row) => ok(showStock(row)));
    case 'PUT stock :id':
      return withStock(id, (row) => setQuantity(row, call.body));
    case 'GET shipping :id':
      return estimateShipping(id, call.query);
    case 'GET warehouses':
      return ok({ data: warehouses, total: warehouses.length });
    case 'GET warehouses :id':
      return withWarehouse(id, ok);
    case 'GET warehouses :id stock':
      return withWarehouse(id, () => ok(stock.filter(({ warehouseId }) => warehouseId === id).map(showStock)));
    default:
      return refuse(404, 'NO_SUCH_ROUTE', 'no such route');
  }
}

function findStock(upcs: readonly string[]): readonly StockRow[] {
  return stock.filter(({ upc }) => upcs.includes(upc));
}

function withStock(upc: string | undefined, then: (row: StockRow) => Answer): Answer {
  const row = stock.find((candidate) => candidate.upc === upc);
  return row === undefined ? refuse(404, 'UNKNOWN_PRODUCT', 'nothing is stored under this upc') : then(row);
}

function withWarehouse(id: string | undefined, then: (warehouse: (typeof warehouses)[number]) => Answer): Answer {
  const warehouse = warehouses.find((candidate) => candidate.id === id);
  return warehouse === undefined ? refuse(404, 'UNKNOWN_WAREHOUSE', 'no such warehouse') : then(warehouse);
}

function showStock({ upc, quantity, warehouseId, shelves, restock }: StockRow) {
  const warehouse = warehouses.find(({ id }) => id === warehouseId);
  return { upc, in_stock: quantity > 0, quantity, shelves, restock, warehouse };
}

function setQuantity(row: StockRow, body: unknown): Answer {
  const quantity = typeof body === 'object' && body !== null && 'quantity' in body ? body.quantity : undefined;
  if (typeof quantity !== 'number' || !Number.isSafeInteger(quantity) || quantity < 0) {
    return refuse(422, 'INVALID_QUANTITY', 'quantity must be a whole number from 0');
  }
  row.quantity = quantity;
  return ok(showStock(row));
}

/** Heavier is dearer and slower, express is both the other way round; what is not in stock waits for its delivery. */
function estimateShipping(upc: string | undefined, query: URLSearchParams): Answer {
  const grams = Number(query.get('grams') ?? Number.NaN);
  if (!(grams > 0)) return refuse(422, 'INVALID_WEIGHT', 'grams must be a number above 0');
  const express = query.get('express') === 'true';
  const inStock = stock.some((row) => row.upc === upc && row.quantity > 0);
  const days = (grams > 10_000 ? 5 : 2) + (inStock ? 0 : 14);
  return ok({
    upc,
    cents: (390 + Math.ceil(grams / 500) * 45) * (express ? 2 : 1),
    days: express ? Math.ceil(days / 2) : days,
  });
}
