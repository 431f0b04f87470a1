import type { MarketRoute } from '../src/route.js';
import { kindOf } from './details/account-access.js';
import { version } from './version.js';

const offered = [
  { ProductId: 'current', ProductName: 'Everyday account' },
  { ProductId: 'savings', ProductName: 'Savings account' },
  { ProductId: 'business', ProductName: 'Business account' },
];

/** What the bank offers: for third parties themselves, without a customer. */
export const productRoutes: readonly MarketRoute[] = [
  {
    method: 'GET',
    path: `/open-finance/product/${version}/products`,
    says: 'Lists the accounts the bank offers.',
    clause: 'UAE Open Finance v2.1, security/fapi/scopes: products',
    access: { as: 'client', scope: 'products' },
    answer: async ({ url }) => ({ status: 200, body: { Data: offered.map((one) => ({ ...one, ProductCategory: kindOf(one.ProductId).AccountSubType })), Links: { Self: url }, Meta: {} } }),
  },
];
