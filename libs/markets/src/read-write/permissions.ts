/**
 * Which permissions may stand together (UK Open Banking v4, Account and Transaction API Profile, Permissions): what is
 * wrong with a list, in one sentence.
 */
export function permissionFault(asked: readonly string[], supported: readonly string[]): string | undefined {
  const has = (...names: readonly string[]): boolean => names.some((name) => asked.includes(name));
  const unknown = asked.find((name) => !supported.includes(name));
  if (unknown !== undefined) return `names a permission that is not supported here; there are ${supported.join(', ')}`;
  if (!has('ReadAccountsBasic', 'ReadAccountsDetail')) return 'must contain ReadAccountsBasic or ReadAccountsDetail';
  const [how, which] = [has('ReadTransactionsBasic', 'ReadTransactionsDetail'), has('ReadTransactionsCredits', 'ReadTransactionsDebits')];
  if (how && !which) return 'must contain ReadTransactionsCredits or ReadTransactionsDebits beside ReadTransactionsBasic or ReadTransactionsDetail';
  if (which && !how) return 'must contain ReadTransactionsBasic or ReadTransactionsDetail beside ReadTransactionsCredits or ReadTransactionsDebits';
  return undefined;
}
