/** A transaction before it is booked; `cents` is negative for money going out. */
export interface Entry {
  readonly cents: number;
  readonly description: string;
  readonly counterparty: string;
  readonly category: string;
  readonly iban?: string;
}

export const entry = (cents: number, counterparty: string, description: string, category: string, iban?: string): Entry => ({
  cents,
  counterparty,
  description,
  category,
  ...(iban && { iban }),
});
