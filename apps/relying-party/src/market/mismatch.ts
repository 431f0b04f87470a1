/** Something that did not go as the specification or the market says. */
export class Mismatch extends Error {
  constructor(
    readonly expected: string,
    readonly came: string,
  ) {
    super(`expected ${expected}, came ${came}`);
    this.name = 'Mismatch';
  }
}
