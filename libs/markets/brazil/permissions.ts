import { MarketRefusal } from '../src/refusal.js';
import { groups, vocabulary } from './vocabulary.js';

const permissionsOf = (kind: 'person' | 'company'): readonly string[] => groups.filter((group) => group.of === kind).flatMap(({ permissions }) => permissions.filter((name) => name.startsWith('CUSTOMERS_')));
const ofPersons = permissionsOf('person');
const ofCompanies = permissionsOf('company');

const refusal = (code: string, description: string, rule: string) => new MarketRefusal(422, code, description, rule, { path: 'data.permissions' });

/**
 * The permissions of a consent: known, each once, whole groups and nothing beside them, of a person or of a company as
 * the consent is. Throws what the consents API names for each.
 */
export function verifyPermissions(permissions: readonly string[], { company }: { readonly company: boolean }): void {
  const unknown = permissions.find((name) => vocabulary.permissions[name] === undefined);
  if (unknown !== undefined) throw new MarketRefusal(400, 'PARAMETRO_INVALIDO', 'data.permissions must name permissions of the consents API v3', 'ASSENT-BR-11', { path: 'data.permissions' });
  if (new Set(permissions).size !== permissions.length) throw new MarketRefusal(400, 'PARAMETRO_INVALIDO', 'data.permissions must name each once', 'ASSENT-BR-11', { path: 'data.permissions' });
  const [persons, companies] = [ofPersons, ofCompanies].map((some) => permissions.some((name) => some.includes(name)));
  if (persons && companies) throw refusal('PERMISSAO_PF_PJ_EM_CONJUNTO', 'a consent asks for data of a person or of a company, not of both', 'ASSENT-BR-13');
  if (companies && !company) throw refusal('INFORMACOES_PJ_NAO_INFORMADAS', 'data of a company need businessEntity', 'ASSENT-BR-13');
  if (persons && company) throw refusal('PERMISSOES_PJ_INCORRETAS', 'data of a person cannot be asked for with businessEntity', 'ASSENT-BR-13');
  const whole = new Set(groups.filter((group) => group.permissions.every((name) => permissions.includes(name))).flatMap((group) => group.permissions));
  const beside = permissions.filter((name) => !whole.has(name));
  if (beside.length > 0) throw refusal('COMBINACAO_PERMISSOES_INCORRETA', `permissions come in whole groups; ${beside.join(', ')} lack the others of theirs`, 'ASSENT-BR-12');
}
