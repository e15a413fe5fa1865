import { brandRatings, handles, type Question, questions, type Review, reviewId, reviews } from './data';

interface Page {
  readonly first: number;
}

interface ProductKey {
  readonly upc: string;
}

/** A user as the gateway hands it over: the key, and what `@requires` asked for. */
interface UserReference {
  readonly id: string;
  readonly tier?: 'BASIC' | 'SILVER' | 'GOLD';
  readonly memberSince?: string;
  readonly riskScore?: number;
}

interface ReviewInput {
  readonly productUpc: string;
  readonly authorId: string;
  readonly rating: number;
  readonly text: string;
}

/** The shop's today: a fixed one, so that the same call gives the same answer on every day. */
const TODAY = '2025-05-01';
const TRUSTED_RISK_MAX = 50;

function newestFirst<Item extends Review | Question>(items: Iterable<Item>): Item[] {
  return [...items].sort((a, b) => b.writtenOn.localeCompare(a.writtenOn) || a.id.localeCompare(b.id));
}

function firstOf<Item>(items: readonly Item[], { first }: Page): readonly Item[] {
  return items.slice(0, Math.max(0, first));
}

function reviewsOf({ upc }: ProductKey): Review[] {
  return newestFirst([...reviews.values()].filter((review) => review.upc === upc));
}

function averageRating(product: ProductKey): number | null {
  const ratings = reviewsOf(product).map(({ rating }) => rating);
  if (ratings.length === 0) return null;
  return Math.round((10 * ratings.reduce((sum, rating) => sum + rating, 0)) / ratings.length) / 10;
}

function allContributions(): (Review | Question)[] {
  return newestFirst([...reviews.values(), ...questions]);
}

function submitReview({ productUpc: upc, authorId, rating, text }: ReviewInput) {
  const reject = (reason: string) => ({ __typename: 'ReviewRejected' as const, reason });
  if (rating < 1 || rating > 5) return reject('a rating is a number from 1 to 5');
  if (text.trim() === '') return reject('a review needs a text');
  if (handles[authorId] === undefined) return reject('only customers write reviews');
  const id = reviewId(upc, authorId);
  const review: Review = { __typename: 'Review', id, upc, authorId, rating, writtenOn: TODAY, text };
  reviews.set(id, review);
  return review;
}

function withdrawReview({ productUpc: upc, authorId }: { productUpc: string; authorId: string }): ProductKey {
  reviews.delete(reviewId(upc, authorId));
  return { upc };
}

function bestRatedBrands(): { id: string }[] {
  return [...brandRatings].sort(([, a], [, b]) => b - a).map(([id]) => ({ id }));
}

function badgeOf({ tier, memberSince = TODAY }: UserReference): 'NEWCOMER' | 'REGULAR' | 'EXPERT' {
  if (tier === 'GOLD' && memberSince < '2018') return 'EXPERT';
  return tier === 'BASIC' ? 'NEWCOMER' : 'REGULAR';
}

const contributionFields = {
  author: ({ authorId }: Review | Question) => ({ id: authorId, handle: handles[authorId] }),
  product: ({ upc }: Review | Question) => ({ upc }),
};

export const resolvers = {
  Query: {
    review: (_: unknown, { id }: { id: string }) => reviews.get(id) ?? null,
    latestContributions: (_: unknown, page: Page) => firstOf(allContributions(), page),
    bestRatedBrands: (_: unknown, page: Page) => firstOf(bestRatedBrands(), page),
  },
  Mutation: {
    submitReview: (_: unknown, { input }: { input: ReviewInput }) => submitReview(input),
    withdrawReview: (_: unknown, key: { productUpc: string; authorId: string }) => withdrawReview(key),
  },
  Review: { __resolveReference: ({ id }: { id: string }) => reviews.get(id) ?? null, ...contributionFields },
  Question: {
    __resolveReference: ({ id }: { id: string }) => questions.find((question) => question.id === id) ?? null,
    ...contributionFields,
  },
  Product: {
    __resolveReference: ({ upc }: ProductKey) => ({ upc }),
    reviews: (product: ProductKey, { minimumRating, ...page }: Page & { minimumRating: number }) =>
      firstOf(
        reviewsOf(product).filter(({ rating }) => rating >= minimumRating),
        page,
      ),
    reviewCount: (product: ProductKey) => reviewsOf(product).length,
    averageRating,
    questions: ({ upc }: ProductKey) => newestFirst(questions.filter((question) => question.upc === upc)),
  },
  User: {
    __resolveReference: (reference: UserReference) => ({ ...reference, handle: handles[reference.id] }),
    contributions: ({ id }: UserReference, page: Page) =>
      firstOf(
        allContributions().filter(({ authorId }) => authorId === id),
        page,
      ),
    badge: badgeOf,
    trusted: ({ riskScore }: UserReference) => riskScore !== undefined && riskScore <= TRUSTED_RISK_MAX,
  },
  Brand: {
    __resolveReference: ({ id }: { id: string }) => ({ id }),
    averageRating: ({ id }: { id: string }) => brandRatings.get(id) ?? null,
  },
};
