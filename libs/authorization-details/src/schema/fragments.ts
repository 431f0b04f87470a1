/** Parts of schemas that several types are made of. Every text and list has a bound. */

export const plainText = (maxLength: number) => ({ type: 'string', minLength: 1, maxLength, format: 'plain-text' }) as const;

/** A choice of words, each once (RFC 9396 section 2.2). */
export const someOf = (words: readonly string[]) => ({ type: 'array', items: { enum: words }, minItems: 1, maxItems: words.length, uniqueItems: true }) as const;

/** Where the detail is to be used: URIs of resource servers (RFC 9396 section 2.2). */
export const locations = { type: 'array', items: { type: 'string', maxLength: 512, format: 'location' }, minItems: 1, maxItems: 8, uniqueItems: true } as const;

export const identifier = { type: 'string', maxLength: 128, format: 'identifier' } as const;

export const payee = {
  creditorName: plainText(70),
  creditorAccount: { type: 'object', additionalProperties: false, required: ['iban'], properties: { iban: { type: 'string', maxLength: 34, format: 'iban' } } },
  remittanceInformationUnstructured: plainText(140),
  debtorAccount: {
    type: 'object',
    additionalProperties: false,
    minProperties: 1,
    properties: { iban: { type: 'string', maxLength: 34, format: 'iban' }, accountId: { type: 'string', maxLength: 255, format: 'account-id' } },
  },
} as const;

export const date = { type: 'string', maxLength: 10, format: 'date' } as const;
export const dateTime = { type: 'string', maxLength: 35, format: 'date-time' } as const;
