import { pathToFileURL } from 'node:url';
import { accountInformation } from './account-information/index.js';
import { DetailTypes, type AnyDetailType } from './detail-types.js';
import { paymentInitiation } from './payment-initiation/index.js';
import { recurringPayment } from './recurring-payment/index.js';

/** The types that come with the platform. */
export const shippedTypes: readonly AnyDetailType[] = [accountInformation, paymentInitiation, recurringPayment];

/**
 * The shipped types, those of an operator's own (each file is an ES module that exports `detailType`) and `more`, of which
 * those that have a shipped one's name are that. Throws, with the file's name, when one cannot be loaded or is no type.
 */
export async function loadDetailTypes(files: readonly string[], more: readonly AnyDetailType[] = []): Promise<DetailTypes> {
  const shipped = new Set(shippedTypes.map(({ type }) => type));
  const others = new Set(more.filter(({ type }) => !shipped.has(type)));
  return DetailTypes.of([...shippedTypes, ...(await Promise.all(files.map(loadType))), ...others]);
}

async function loadType(file: string): Promise<AnyDetailType> {
  const module = (await import(pathToFileURL(file).href).catch((cause: unknown) => {
    throw new Error(`authorization detail type ${file}: cannot be loaded`, { cause });
  })) as { readonly detailType?: Partial<AnyDetailType> };
  const { detailType } = module;
  const missing = ['type', 'kind', 'schema', 'isWithin', 'merge', 'enrich', 'picks', 'withoutAccount', 'present', 'enforced'].filter((name) => detailType?.[name as keyof AnyDetailType] === undefined);
  if (missing.length > 0) throw new Error(`authorization detail type ${file}: its export detailType lacks ${missing.join(', ')}`);
  return detailType as AnyDetailType;
}
