import type { MarketAnswer, MarketPorts, MarketRequest } from '../src/route.js';
import { oneOf } from './pages.js';

type Claims = Readonly<Record<string, unknown>>;
const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** Who the customer is: name, and nothing to reach them by. */
export async function customer(request: MarketRequest, { accounts: reader }: MarketPorts): Promise<MarketAnswer> {
  return oneOf(request, { customerUType: 'person', person: personOf(await reader.customer()) });
}

/** The same, and how to reach them. */
export async function customerDetail(request: MarketRequest, { accounts: reader }: MarketPorts): Promise<MarketAnswer> {
  const claims = await reader.customer();
  const [phone, email] = [text(claims['phone_number']), text(claims['email'])];
  const contacts = {
    phoneNumbers: phone === undefined ? [] : [{ isPreferred: true, purpose: 'UNSPECIFIED', number: phone, fullNumber: phone }],
    emailAddresses: email === undefined ? [] : [{ isPreferred: true, purpose: 'UNSPECIFIED', address: email }],
    physicalAddresses: addressesOf(claims),
  };
  return oneOf(request, { customerUType: 'person', person: { ...personOf(claims), ...contacts } });
}

function personOf(claims: Claims) {
  const names = (text(claims['name']) ?? '').split(' ');
  const middle = text(claims['middle_name']);
  return {
    firstName: text(claims['given_name']) ?? names[0] ?? '',
    lastName: text(claims['family_name']) ?? names.at(-1) ?? '',
    middleNames: middle === undefined ? [] : [middle],
  };
}

function addressesOf({ address }: Claims) {
  if (typeof address !== 'object' || address === null) return [];
  const { street_address: street, locality, region, postal_code: postcode } = address as Claims;
  if (text(street) === undefined || text(locality) === undefined) return [];
  return [{ addressUType: 'simple', purpose: 'REGISTERED', simple: { addressLine1: street, city: locality, state: text(region) ?? '', postcode: text(postcode) ?? '', country: 'AUS' } }];
}
