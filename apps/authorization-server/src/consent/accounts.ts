import type { AskedRequest, CustomerAccount } from '@assent/protocol';
import type { Engine } from '../engine.js';

/**
 * The accounts a customer may be asked about. One that others must agree to is there only for a request that lets them be
 * asked.
 */
export async function accountsOf({ stores }: Pick<Engine, 'stores'>, { consent }: Pick<AskedRequest, 'consent'>, customerId: string): Promise<readonly CustomerAccount[]> {
  const accounts = await stores.customers.accounts(customerId);
  if (consent?.furtherAuthorisers) return accounts;
  return accounts.map((account) => (account.approvers?.some((one) => one !== customerId) ? { ...account, unavailable: account.unavailable ?? 'needs_second_approver' } : account));
}
