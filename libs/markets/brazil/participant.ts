/** What the bank writes of itself into its answers: a participant's own, to be set by whoever runs one. */
export const participant = { brandName: 'Harbour Bank', companyCnpj: '11222333000181', compeCode: '633', ispb: '11222333' } as const;

export interface AccountNumber {
  readonly ispb: string;
  readonly branch: string;
  readonly number: string;
  readonly checkDigit: string;
}

/**
 * The parts of an account's number: of a Brazilian IBAN as they stand in it (ISPB, branch, number with check digit), of
 * another its last eight digits.
 */
export function accountNumberOf(iban: string): AccountNumber {
  const [, ispb, branch, number] = /^BR\d{2}(\d{8})(\d{5})(\d{10})[A-Z][A-Z0-9]$/.exec(iban) ?? [];
  if (ispb !== undefined && branch !== undefined && number !== undefined) return { ispb, branch: branch.slice(-4), number: number.slice(0, -1).replace(/^0+(?=\d{3})/, ''), checkDigit: number.slice(-1) };
  const digits = iban.replace(/\D/g, '').slice(-8);
  return { ispb: participant.ispb, branch: '0001', number: digits.slice(0, -1), checkDigit: digits.slice(-1) };
}
