interface Written {
  readonly id: string;
  readonly upc: string;
  readonly authorId: string;
  readonly writtenOn: string;
  readonly text: string;
}

export interface Review extends Written {
  readonly __typename: 'Review';
  readonly rating: number;
}

export interface Question extends Written {
  readonly __typename: 'Question';
  readonly answer: string | null;
}

/** A copy: handles are chosen once and never change, so this service need not ask for them. */
export const handles: Readonly<Record<string, string>> = {
  u1: 'ada',
  u2: 'bruno',
  u3: 'chidi',
  u4: 'dora',
  u5: 'emil',
  u6: 'farah',
  u7: 'goro',
  u8: 'hanna',
};

/** What customers think of each brand as such, collected in a poll. */
export const brandRatings: ReadonlyMap<string, number> = new Map([
  ['lighthouse', 4.6],
  ['tidepool', 3.9],
  ['oakline', 4.4],
  ['northwind', 3.1],
  ['brightway', 4.8],
]);

/** One review for each product and author. */
export function reviewId(upc: string, authorId: string): string {
  return `r-${upc}-${authorId}`;
}

const reviewRows: readonly (readonly [
  upc: string,
  authorId: string,
  rating: number,
  writtenOn: string,
  text: string,
])[] = [
  ['1001', 'u1', 5, '2025-01-20', 'Read it in one night, then again in daylight.'],
  ['1001', 'u2', 4, '2025-02-01', 'The storm chapter alone is worth it.'],
  ['1001', 'u7', 5, '2024-11-11', 'Quiet, exact, and warm.'],
  ['1002', 'u4', 3, '2025-03-14', 'Fine maps, slow prose.'],
  ['1002', 'u6', 4, '2024-09-02', 'Made me take the ferry.'],
  ['1003', 'u3', 5, '2025-02-22', 'My daughter asks for it daily.'],
  ['1003', 'u7', 4, '2025-01-05', 'Funnier than it has to be.'],
  ['1003', 'u8', 2, '2024-12-30', 'The binding came loose.'],
  ['1004', 'u1', 4, '2025-04-01', 'A river you can hear.'],
  ['1004', 'u4', 5, '2025-04-10', 'Bought three as presents.'],
  ['2001', 'u1', 5, '2024-10-19', 'Best seat in the house.'],
  ['2001', 'u2', 4, '2025-02-26', 'Solid, though the oak is darker than the picture.'],
  ['2001', 'u5', 1, '2025-03-01', 'Arrived without its legs.'],
  ['2001', 'u8', 4, '2024-08-08', 'Took an hour to build.'],
  ['2002', 'u6', 3, '2025-01-29', 'Low, as promised.'],
  ['2002', 'u7', 4, '2024-07-15', 'Carries a row of atlases.'],
  ['2003', 'u3', 4, '2025-03-30', 'Lives behind the door until guests come.'],
  ['2003', 'u8', 5, '2025-04-20', 'Ordered four, would order more.'],
  ['2004', 'u1', 2, '2025-01-25', 'Shows every fingerprint.'],
  ['2004', 'u4', 3, '2024-06-06', 'Beautiful and cold.'],
  ['2005', 'u5', 4, '2025-02-10', 'Stands.'],
  ['2005', 'u6', 2, '2025-04-12', 'Leans with two coats, falls with three.'],
  ['3001', 'u1', 5, '2025-03-09', 'My evenings have light again.'],
  ['3001', 'u2', 5, '2024-11-28', 'Bright without glare.'],
  ['3001', 'u7', 4, '2025-01-02', 'Two bought, one for each desk.'],
  ['3001', 'u8', 5, '2025-02-14', 'A present that was used at once.'],
  ['3002', 'u3', 3, '2024-10-10', 'Good sound, poor battery.'],
  ['3002', 'u4', 4, '2025-04-15', 'Survived a fall into the sea.'],
  ['3003', 'u5', 2, '2025-01-18', 'The clip is weak.'],
  ['3003', 'u6', 5, '2025-03-22', 'Nobody wakes up any more.'],
];

/** Keyed by {@link reviewId}. */
export const reviews: Map<string, Review> = new Map(
  reviewRows.map(([upc, authorId, rating, writtenOn, text]) => {
    const id = reviewId(upc, authorId);
    return [id, { __typename: 'Review', id, upc, authorId, rating, writtenOn, text }];
  }),
);

const questionRows: readonly (readonly [
  upc: string,
  authorId: string,
  writtenOn: string,
  text: string,
  answer: string | null,
])[] = [
  ['2001', 'u6', '2025-04-19', 'Does the cover come off?', 'Yes, with four buttons.'],
  ['2004', 'u3', '2025-04-05', 'How thick is the glass?', 'Twelve millimetres.'],
  ['3001', 'u5', '2025-04-22', 'Is the bulb part of it?', null],
  ['3002', 'u1', '2025-02-03', 'Does it receive long wave?', 'It does not.'],
  ['1002', 'u8', '2025-04-16', 'Is there an index?', null],
];

export const questions: readonly Question[] = questionRows.map(([upc, authorId, writtenOn, text, answer]) => ({
  __typename: 'Question',
  id: `q-${upc}-${authorId}`,
  upc,
  authorId,
  writtenOn,
  text,
  answer,
}));
