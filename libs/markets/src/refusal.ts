/**
 * A refusal of a market's API, before it is put in the market's own words. `code` is the market's error code, `rule` ours
 * (the ids of the requirement sheets or `ASSENT-<AREA>-<nn>`); `path` names the member of the body that is wrong.
 */
export class MarketRefusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly description: string,
    readonly rule: string,
    readonly more: { readonly path?: string; readonly title?: string; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(`${code}: ${description}`);
    this.name = 'MarketRefusal';
  }
}
