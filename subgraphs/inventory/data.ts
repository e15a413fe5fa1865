export interface Warehouse {
  readonly id: string;
  readonly name: string;
  readonly city: string;
  readonly country: string;
  readonly opened_on: string;
  readonly manager_email: string;
}

export interface StockRow {
  readonly upc: string;
  quantity: number;
  readonly warehouseId: string;
  readonly shelves: readonly { readonly aisle: string; readonly level: number }[];
  readonly restock: { readonly expected_on: string; readonly quantity: number } | null;
}

export const warehouses: readonly Warehouse[] = [
  warehouse('ams', 'Harbour Hall', 'Amsterdam', 'NL', '2012-04-01', 'dora'),
  warehouse('mad', 'South Depot', 'Madrid', 'ES', '2016-09-15', 'bruno'),
  warehouse('got', 'Timber Yard', 'Gothenburg', 'SE', '2009-02-10', 'dora'),
  warehouse('osa', 'East Store', 'Osaka', 'JP', '2019-07-22', 'goro'),
];

/** 1003 and 1004 are printed on demand: this service has never heard of them. */
export const stock: readonly StockRow[] = [
  row(
    '1001',
    34,
    'ams',
    [
      ['A', 1],
      ['A', 2],
    ],
    null,
  ),
  row('1002', 0, 'ams', [['A', 3]], ['2025-05-20', 40]),
  row('2001', 6, 'got', [['F', 1]], null),
  row('2002', 2, 'got', [['F', 2]], ['2025-06-02', 10]),
  row(
    '2003',
    120,
    'mad',
    [
      ['G', 1],
      ['G', 2],
      ['H', 1],
    ],
    null,
  ),
  row('2004', 1, 'ams', [['K', 1]], null),
  row('2005', 0, 'ams', [], ['2025-05-11', 25]),
  row('3001', 58, 'osa', [['C', 4]], null),
  row('3002', 17, 'osa', [['C', 5]], ['2025-05-30', 60]),
  row('3003', 203, 'mad', [['D', 1]], null),
];

function warehouse(
  id: string,
  name: string,
  city: string,
  country: string,
  openedOn: string,
  manager: string,
): Warehouse {
  return { id, name, city, country, opened_on: openedOn, manager_email: `${manager}@shop.example` };
}

function row(
  upc: string,
  quantity: number,
  warehouseId: string,
  shelves: readonly (readonly [aisle: string, level: number])[],
  restock: readonly [expectedOn: string, quantity: number] | null,
): StockRow {
  return {
    upc,
    quantity,
    warehouseId,
    shelves: shelves.map(([aisle, level]) => ({ aisle, level })),
    restock: restock && { expected_on: restock[0], quantity: restock[1] },
  };
}
