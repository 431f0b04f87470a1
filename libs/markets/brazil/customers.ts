import type { MarketAnswer, MarketPorts, MarketRequest, MarketRoute } from '../src/route.js';
import { participantOf } from './participant.js';
import { answerOf, instant } from './wire.js';

/** Who the customer is, as far as the bank holds it. */
export const customerRoutes: readonly MarketRoute[] = [
  {
    method: 'GET',
    path: '/open-banking/customers/v2/personal/identifications',
    says: 'Who the customer is.',
    clause: 'Open Finance Brasil customers API v2',
    access: { as: 'customer', scope: 'customers', permissions: ['CUSTOMERS_PERSONAL_IDENTIFICATIONS_READ'] },
    answer: identifications,
  },
];

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

async function identifications(request: MarketRequest, { accounts: reader }: MarketPorts): Promise<MarketAnswer> {
  const claims = await reader.customer();
  const [name, cpf, email, phone, birth] = ['name', 'cpf', 'email', 'phone_number', 'birthdate'].map((claim) => text(claims[claim]));
  const { brandName, companyCnpj } = participantOf(request.bank);
  const person = {
    updateDateTime: instant(request.now),
    brandName,
    companiesCnpj: [companyCnpj],
    ...(name !== undefined && { civilName: name }),
    ...(birth !== undefined && { birthDate: birth }),
    documents: { ...(cpf !== undefined && { cpfNumber: cpf }) },
    contacts: {
      postalAddresses: [],
      phones: phone === undefined ? [] : [{ isMain: true, type: 'MOVEL', number: phone.replace(/\D/g, '') }],
      emails: email === undefined ? [] : [{ isMain: true, email }],
    },
  };
  return answerOf(request, [person], { meta: { totalRecords: 1, totalPages: 1 } });
}
