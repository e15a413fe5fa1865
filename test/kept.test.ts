import { ByteBudget, KeptMap, KeptTable, textBytes, tokensIn } from '../gateway/kept';

/** A hundred thousand bytes, of which one name may have 40,000. */
const budgetOf = () => new ByteBudget(100_000);
const mapOf = (budget: ByteBudget, name: string) =>
  new KeptMap<string, string>({ name, weigh: (value, key) => textBytes(value) + textBytes(key), budget });
const kilobytes = (count: number) => 'x'.repeat(count * 500);

describe('what a process keeps', () => {
  it('is found again, until it is taken away', () => {
    const map = mapOf(budgetOf(), 'a');
    map.set('one', '1');
    map.set('one', '2');
    expect([map.get('one'), map.peek('one'), map.has('one'), map.size]).toEqual(['2', '2', true, 1]);
    map.delete('one');
    expect([map.get('one'), map.has('one'), map.size]).toEqual([undefined, false, 0]);
  });

  it('never takes more bytes than the budget has', () => {
    const budget = budgetOf();
    const maps = ['a', 'b', 'c', 'd'].map((name) => mapOf(budget, name));
    for (let at = 0; at < 1_000; at++) {
      maps[at % 4]?.set(`key ${at}`, kilobytes(at % 7));
      expect(budget.used).toBeLessThanOrEqual(100_000);
    }
    expect(budget.used).toBeGreaterThan(80_000);
    expect(budget.numbers().reduce((sum, { bytes }) => sum + bytes, 0)).toBe(budget.used);
    expect(budget.numbers().map(({ entries }) => entries)).toEqual(maps.map(({ size }) => size));
    for (const map of maps) map.clear();
    expect(budget.used).toBe(0);
  });

  it('goes in the order of its last use, whatever it is', () => {
    const budget = budgetOf();
    const [a, b, c] = [mapOf(budget, 'a'), mapOf(budget, 'b'), mapOf(budget, 'c')];
    a.set('old', kilobytes(20));
    a.set('used', kilobytes(19));
    b.set('first', kilobytes(30));
    a.get('used');
    c.set('next', kilobytes(38));
    expect([a.has('old'), a.has('used'), b.has('first'), c.has('next')]).toEqual([false, true, true, true]);
  });

  it('of one name drives out what has that name first', () => {
    const budget = budgetOf();
    const [quiet, flood] = [mapOf(budget, 'quiet'), mapOf(budget, 'flood')];
    quiet.set('kept', kilobytes(30));
    for (let at = 0; at < 500; at++) flood.set(`${at}`, kilobytes(2));
    expect(quiet.has('kept')).toBe(true);
    expect(budget.numbers().find(({ name }) => name === 'flood')?.bytes).toBeLessThanOrEqual(40_000);
  });

  it('does not include what is too large alone', () => {
    const map = mapOf(budgetOf(), 'a');
    map.set('small', 'x');
    map.set('large', kilobytes(41));
    expect(map.has('large')).toBe(false);
  });

  it('does not lose anything to what is too large alone, new or grown', () => {
    const map = mapOf(budgetOf(), 'a');
    map.set('small', 'x');
    map.set('large', kilobytes(41));
    map.set('grown', 'x');
    map.set('grown', kilobytes(41));
    expect([map.has('small'), map.has('large'), map.has('grown'), map.size]).toEqual([true, false, false, 1]);
  });

  it('takes in what is new although all else was used since', () => {
    const map = mapOf(budgetOf(), 'a');
    for (let at = 0; at < 100; at++) {
      map.set(`${at}`, kilobytes(3));
      expect(map.has(`${at}`)).toBe(true);
      for (let used = 0; used <= at; used++) map.get(`${used}`);
    }
  });

  it('keeps what is used all the time through a flood of what is used once', () => {
    const map = mapOf(budgetOf(), 'a');
    map.set('hot', kilobytes(3));
    for (let at = 0; at < 1_000; at++) {
      map.set(`${at}`, kilobytes(3));
      expect(map.get('hot')).toBeDefined();
    }
  });

  it('has no more entries than it may, those of one map', () => {
    const budget = budgetOf();
    const few = new KeptMap<string, number>({ name: 'a', weigh: () => 10, entriesMax: 3, budget });
    const other = mapOf(budget, 'a');
    other.set('other', 'x');
    for (const key of ['one', 'two', 'three']) few.set(key, 1);
    few.get('one');
    few.set('four', 1);
    expect(['one', 'two', 'three', 'four'].map((key) => few.has(key))).toEqual([true, false, true, true]);
    for (const key of ['one', 'three', 'four']) few.get(key);
    few.set('five', 1);
    expect([few.size, few.has('five'), other.has('other')]).toEqual([3, true, true]);
  });

  it('tells of each value whose entry went, once', () => {
    const went: string[] = [];
    const budget = budgetOf();
    const weigh = (value: string) => textBytes(value);
    const map = new KeptMap<string, string>({
      name: 'a',
      weigh,
      budget,
      dropped: (value) => went.push(value.slice(0, 3)),
    });
    map.set('too large', `big${kilobytes(41)}`);
    map.set('deleted', 'del');
    map.set('replaced', 'one');
    map.set('replaced', 'two');
    map.delete('deleted');
    map.delete('deleted');
    expect(went).toEqual(['big', 'del']);
    map.set('new', `new${kilobytes(39)}`);
    map.set('newer', `nwr${kilobytes(39)}`);
    map.clear();
    expect(went).toEqual(['big', 'del', 'two', 'new', 'nwr']);
    expect(budget.used).toBe(0);
  });

  it('weighs a value that takes the place of another', () => {
    const budget = budgetOf();
    const map = mapOf(budget, 'a');
    map.set('one', kilobytes(10));
    const before = budget.used;
    map.set('one', kilobytes(4));
    expect([before - budget.used, map.size]).toEqual([6_000, 1]);
    map.delete('one');
    expect(budget.used).toBe(0);
  });

  it('shrinks with its budget', () => {
    const budget = budgetOf();
    const map = mapOf(budget, 'a');
    for (let at = 0; at < 10; at++) map.set(`${at}`, kilobytes(3));
    budget.resize(20_000);
    expect(budget.used).toBeLessThanOrEqual(8_000);
    expect([map.has('0'), map.has('9')]).toEqual([false, true]);
  });

  it('may be a table, which goes as a whole', () => {
    const budget = budgetOf();
    const table = new KeptTable<number, string>({ name: 'texts', budget });
    for (let at = 0; at < 30; at++) table.set(at, kilobytes(1), 1_000);
    expect([table.size, table.get(29)]).toEqual([30, kilobytes(1)]);
    for (let at = 0; at < 30; at++) table.set(at, kilobytes(1), 1_000);
    expect(table.size).toBeLessThan(30);
    expect(budget.used).toBeLessThanOrEqual(40_000);
    table.clear();
    table.clear();
    expect([table.size, budget.used]).toEqual([0, 0]);
  });
});

describe('tokens of a text', () => {
  it.each([
    ['{ me { name } }', 6],
    ['{ find(text: "a \\" b c d") { id } }', 10],
    ['[1,2,-3.5e7,{}]', 13],
    ['"a","b"', 3],
    ['', 0],
    ['"open', 1],
  ])('%s', (text, count) => {
    expect(tokensIn(text)).toBe(count);
  });
});
