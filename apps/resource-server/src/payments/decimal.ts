/* Amounts are decimal text. What is compared or said is computed on whole numbers, never on floating point. */

const shape = /^(0|[1-9]\d{0,12})(?:\.(\d{1,4}))?$/;
const scale = 4;

/** In ten-thousandths: `12.5` and `12.50` are equal. `undefined` for what is no plain amount of at most four decimals. */
export function units(amount: unknown): bigint | undefined {
  const [, whole, fraction = ''] = (typeof amount === 'string' && shape.exec(amount)) || [];
  return whole === undefined ? undefined : BigInt(whole + fraction.padEnd(scale, '0'));
}

/** Whether two amounts are the same number. What is no amount equals none. */
export function isSameAmount(one: unknown, other: unknown): boolean {
  const number = units(one);
  return number !== undefined && number === units(other);
}

export function isAtMost(one: unknown, limit: unknown): boolean {
  const [number, most] = [units(one), units(limit)];
  return number !== undefined && most !== undefined && number <= most;
}
