import type { ResourceDialect } from '../src/route.js';
import { instant } from './wire.js';

/** What the market leaves to the bank: names for refusals that come before its own rules. */
const byStatus: Readonly<Record<number, { readonly code: string; readonly title: string }>> = {
  400: { code: 'REQUISICAO_INVALIDA', title: 'The request cannot be read' },
  401: { code: 'NAO_AUTENTICADO', title: 'The access token does not hold' },
  403: { code: 'NAO_AUTORIZADO', title: 'The access token does not open this' },
  404: { code: 'NAO_ENCONTRADO', title: 'There is nothing here' },
  405: { code: 'METODO_NAO_SUPORTADO', title: 'The method is not known here' },
  406: { code: 'NAO_ACEITAVEL', title: 'No such representation' },
  409: { code: 'CONFLITO', title: 'Another request stands in the way' },
  415: { code: 'TIPO_DE_MIDIA_NAO_SUPORTADO', title: 'The media type is not known here' },
  422: { code: 'NAO_INFORMADO', title: 'The request cannot be carried out' },
  429: { code: 'LIMITE_EXCEDIDO', title: 'Too many requests' },
  500: { code: 'ERRO_INTERNO', title: 'Something went wrong here' },
  503: { code: 'SERVICO_INDISPONIVEL', title: 'Not available for a while' },
};

const titles: Readonly<Record<string, string>> = {
  BAD_SIGNATURE: 'The signature does not hold',
  COMBINACAO_PERMISSOES_INCORRETA: 'Wrong combination of permissions',
  CONSENTIMENTO_EM_STATUS_REJEITADO: 'The consent has ended',
  CONSENTIMENTO_INVALIDO: 'The consent does not permit this',
  DATA_EXPIRACAO_INVALIDA: 'Wrong end of the consent',
  DATA_PAGAMENTO_INVALIDA: 'Wrong date of payment',
  DETALHE_PAGAMENTO_INVALIDO: 'Wrong detail of the payment',
  ERRO_IDEMPOTENCIA: 'The idempotency key was used for another request',
  FORMA_PAGAMENTO_INVALIDA: 'Wrong kind of payment',
  INFORMACOES_PJ_NAO_INFORMADAS: 'The company is missing',
  PAGAMENTO_DIVERGENTE_CONSENTIMENTO: 'The payment is not the one that was approved',
  PARAMETRO_INVALIDO: 'Wrong parameter',
  PARAMETRO_NAO_INFORMADO: 'A parameter is missing',
  PERMISSAO_PF_PJ_EM_CONJUNTO: 'Permissions of persons and companies together',
  PERMISSOES_PJ_INCORRETAS: 'Permissions that do not fit a company',
  SALDO_INSUFICIENTE: 'The account does not hold the amount',
};

/** `{ errors: [{ code, title, detail }], meta }`, whoever refuses. Codes in capitals are the market's own. */
export const error: ResourceDialect['error'] = ({ status, code, description, title, now }) => {
  const usual = byStatus[status] ?? { code: 'NAO_INFORMADO', title: 'The request was refused' };
  const own = /^[A-Z][A-Z_]+$/.test(code);
  const told = { code: own ? code : usual.code, title: title ?? (own ? titles[code] : undefined) ?? usual.title, detail: description };
  return { status, body: { errors: [told], meta: { totalRecords: 1, totalPages: 1, requestDateTime: instant(now) } } };
};
