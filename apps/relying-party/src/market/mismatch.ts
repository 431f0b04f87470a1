/** A market that did not do what its journey says. */
export class MarketMismatch extends Error {
  constructor(
    readonly expected: string,
    readonly came: string,
  ) {
    super(`expected ${expected}, came ${came}`);
    this.name = 'MarketMismatch';
  }
}
