/** Without spaces, in capitals (ISO 13616: the electronic form). */
export const compactIban = (text: string): string => text.replaceAll(' ', '').toUpperCase();

/** ISO 13616: the remainder of the rearranged digits by 97 is 1. `iban` in its electronic form. */
export function isIban(iban: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban)) return false;
  const digits = [...iban.slice(4), ...iban.slice(0, 4)].map((c) => parseInt(c, 36)).join('');
  return BigInt(digits) % 97n === 1n;
}

export const isSameIban = (one: unknown, other: unknown): boolean => typeof one === 'string' && typeof other === 'string' && compactIban(one) === compactIban(other);
