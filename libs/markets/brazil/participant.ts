import type { BankFacts } from '../src/route.js';

/** What the bank writes of itself into its answers. */
export interface Participant {
  readonly brandName: string;
  readonly companyCnpj: string;
  readonly compeCode: string;
  readonly ispb: string;
}

/** As its operator wrote it (`participant` of the issuer); made up where nobody did. */
export const participantOf = ({ name, participant }: BankFacts): Participant => ({
  brandName: participant['brandName'] ?? name,
  companyCnpj: participant['companyCnpj'] ?? '11222333000181',
  compeCode: participant['compeCode'] ?? '633',
  ispb: participant['ispb'] ?? '11222333',
});

export interface AccountNumber {
  readonly branch: string;
  readonly number: string;
  readonly checkDigit: string;
}

/** The parts of an account's number: of a Brazilian IBAN as they stand in it (branch, number with check digit), of another its last eight digits. */
export function accountNumberOf(iban: string): AccountNumber {
  const [, branch, number] = /^BR\d{2}\d{8}(\d{5})(\d{10})[A-Z][A-Z0-9]$/.exec(iban) ?? [];
  if (branch !== undefined && number !== undefined) return { branch: branch.slice(-4), number: number.slice(0, -1).replace(/^0+(?=\d{3})/, ''), checkDigit: number.slice(-1) };
  const digits = iban.replace(/\D/g, '').slice(-8);
  return { branch: '0001', number: digits.slice(0, -1), checkDigit: digits.slice(-1) };
}
