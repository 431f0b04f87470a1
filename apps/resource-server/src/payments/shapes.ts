import type { CreditorAccount, Payment, PaymentRejection } from '@assent/protocol';

/* The JSON of the payments API, in the style of the accounts API (bank/shapes.ts). */

export const paymentAddress = (id: string, base: string): string => `${base}/payments/${encodeURIComponent(id)}`;

export const paymentDetail = (payment: Payment, base: string): object => {
  const { id, status, rejection, approval, accountId, amount, creditorName, creditorAccount, remittance, endToEndId, transactionId, createdAt } = payment;
  return {
    paymentId: id,
    status,
    ...(rejection && { rejection: { reason: rejection, description: whyRejected[rejection] } }),
    authorization: approval,
    amount,
    creditor: { name: creditorName, identification: identificationOf(creditorAccount) },
    debtor: { accountId },
    ...(remittance !== undefined && { remittanceInformationUnstructured: remittance }),
    ...(endToEndId !== undefined && { endToEndIdentification: endToEndId }),
    ...(transactionId !== undefined && { transactionId }),
    createdAt,
    links: { self: paymentAddress(id, base) },
  };
};

const identificationOf = (account: CreditorAccount) => ('iban' in account ? { scheme: 'IBAN', value: account.iban } : { scheme: account.scheme, value: account.identification });

const whyRejected: Readonly<Record<PaymentRejection, string>> = {
  account_unavailable: 'The account cannot be paid from at present.',
  other_currency: 'The account is kept in another currency.',
  insufficient_funds: 'There is not enough money in the account.',
};
