import type { Vocabulary } from '../vocabulary.js';

/**
 * What the permissions of the family show, in plain words; a market picks those of its own. What only the basic
 * permission opens has a cluster of its own, within that of the detailed one.
 */
const dataClusters = {
  'accounts-basic': {
    en: { title: 'Your accounts, without their numbers', summary: 'What each account you choose is called and what kind it is.', items: ['Name and type of account', 'Currency'] },
    'pt-BR': { title: 'Suas contas, sem os números', summary: 'Como se chama cada conta que você escolher e de que tipo ela é.', items: ['Nome e tipo da conta', 'Moeda'] },
    ar: { title: 'حساباتك دون أرقامها', summary: 'اسم كل حساب تختاره ونوعه.', items: ['اسم الحساب ونوعه', 'العملة'] },
  },
  accounts: {
    en: { title: 'Your accounts and their numbers', summary: 'What each account you choose is called, what kind it is, and the numbers others need to pay into it.', items: ['Name and type of account', 'Account number', 'Bank or branch code', 'Currency'] },
    'pt-BR': { title: 'Suas contas e os números delas', summary: 'Como se chama cada conta que você escolher, de que tipo ela é e os números de que outros precisam para depositar nela.', items: ['Nome e tipo da conta', 'Número da conta', 'Código do banco ou da agência', 'Moeda'] },
    ar: { title: 'حساباتك وأرقامها', summary: 'اسم كل حساب تختاره ونوعه والأرقام اللازمة لتحويل الأموال إليه.', items: ['اسم الحساب ونوعه', 'رقم الحساب', 'رمز البنك أو الفرع', 'العملة'] },
  },
  balances: {
    en: { title: 'Balances', summary: 'How much is in each account you choose.', items: ['Balance', 'Currency', 'When the balance was taken'] },
    'pt-BR': { title: 'Saldos', summary: 'Quanto há em cada conta que você escolher.', items: ['Saldo', 'Moeda', 'Momento em que o saldo foi apurado'] },
    ar: { title: 'الأرصدة', summary: 'المبلغ الموجود في كل حساب تختاره.', items: ['الرصيد', 'العملة', 'وقت احتساب الرصيد'] },
  },
  'transactions-basic': {
    en: { title: 'Transactions, without what they were for', summary: 'When money moved, and how much.', items: ['Dates', 'Amounts'] },
    'pt-BR': { title: 'Transações, sem a que se referem', summary: 'Quando houve movimentação e de quanto.', items: ['Datas', 'Valores'] },
    ar: { title: 'المعاملات دون تفاصيلها', summary: 'متى تحركت الأموال وبأي مبلغ.', items: ['التواريخ', 'المبالغ'] },
  },
  transactions: {
    en: { title: 'Transactions', summary: 'When money moved, how much, what for, and who you paid or were paid by.', items: ['Dates and amounts', 'Descriptions', 'Who you paid, and who paid you'] },
    'pt-BR': { title: 'Transações', summary: 'Quando houve movimentação, de quanto, a que se refere e quem você pagou ou quem pagou a você.', items: ['Datas e valores', 'Descrições', 'Quem você pagou e quem pagou a você'] },
    ar: { title: 'المعاملات', summary: 'متى تحركت الأموال وبأي مبلغ ولأي غرض، ومن دفعت له أو دفع لك.', items: ['التواريخ والمبالغ', 'الأوصاف', 'من دفعت له ومن دفع لك'] },
  },
  'transactions-in': {
    en: { title: 'Only money coming in', summary: 'Of the transactions, only those that paid into an account you choose.', items: [] },
    'pt-BR': { title: 'Só as entradas', summary: 'Das transações, só as que entraram em uma conta que você escolher.', items: [] },
    ar: { title: 'الأموال الواردة فقط', summary: 'من المعاملات، الواردة فقط إلى حساب تختاره.', items: [] },
  },
  'transactions-out': {
    en: { title: 'Only money going out', summary: 'Of the transactions, only those that paid out of an account you choose.', items: [] },
    'pt-BR': { title: 'Só as saídas', summary: 'Das transações, só as que saíram de uma conta que você escolher.', items: [] },
    ar: { title: 'الأموال الصادرة فقط', summary: 'من المعاملات، الصادرة فقط من حساب تختاره.', items: [] },
  },
  'beneficiaries-basic': {
    en: { title: 'People you pay, without their account numbers', summary: 'Payees you saved with us.', items: ['Names of payees'] },
    'pt-BR': { title: 'Quem você paga, sem os números das contas', summary: 'Favorecidos que você cadastrou conosco.', items: ['Nomes dos favorecidos'] },
    ar: { title: 'المستفيدون دون أرقام حساباتهم', summary: 'المستفيدون المحفوظون لدينا.', items: ['أسماء المستفيدين'] },
  },
  beneficiaries: {
    en: { title: 'People you pay', summary: 'Payees you saved with us, with their account numbers.', items: ['Names of payees', 'Account numbers of payees'] },
    'pt-BR': { title: 'Quem você paga', summary: 'Favorecidos que você cadastrou conosco, com os números das contas.', items: ['Nomes dos favorecidos', 'Números das contas dos favorecidos'] },
    ar: { title: 'المستفيدون', summary: 'المستفيدون المحفوظون لدينا مع أرقام حساباتهم.', items: ['أسماء المستفيدين', 'أرقام حسابات المستفيدين'] },
  },
  'standing-orders-basic': {
    en: { title: 'Standing orders, without account numbers', summary: 'Payments we make for you again and again.', items: ['Amounts and dates'] },
    'pt-BR': { title: 'Ordens permanentes, sem números de contas', summary: 'Pagamentos que repetimos para você.', items: ['Valores e datas'] },
    ar: { title: 'الأوامر المستديمة دون أرقام الحسابات', summary: 'مدفوعات نكررها نيابةً عنك.', items: ['المبالغ والتواريخ'] },
  },
  'standing-orders': {
    en: { title: 'Standing orders', summary: 'Payments we make for you again and again, and where they go.', items: ['Amounts and dates', 'Account numbers of payees'] },
    'pt-BR': { title: 'Ordens permanentes', summary: 'Pagamentos que repetimos para você e para onde vão.', items: ['Valores e datas', 'Números das contas dos favorecidos'] },
    ar: { title: 'الأوامر المستديمة', summary: 'مدفوعات نكررها نيابةً عنك والحسابات التي تذهب إليها.', items: ['المبالغ والتواريخ', 'أرقام حسابات المستفيدين'] },
  },
  'direct-debits': {
    en: { title: 'Direct debits', summary: 'Who may collect money from each account you choose.', items: ['Names of collectors', 'Last amounts'] },
    'pt-BR': { title: 'Débitos automáticos', summary: 'Quem pode debitar de cada conta que você escolher.', items: ['Nomes de quem debita', 'Últimos valores'] },
    ar: { title: 'الخصم المباشر', summary: 'من يحق له السحب من كل حساب تختاره.', items: ['أسماء الجهات', 'آخر المبالغ'] },
  },
  'scheduled-payments-basic': {
    en: { title: 'Scheduled payments, without account numbers', summary: 'Payments you set up for a later day.', items: ['Amounts and dates'] },
    'pt-BR': { title: 'Pagamentos agendados, sem números de contas', summary: 'Pagamentos que você agendou para outro dia.', items: ['Valores e datas'] },
    ar: { title: 'المدفوعات المجدولة دون أرقام الحسابات', summary: 'مدفوعات حددت لها يومًا لاحقًا.', items: ['المبالغ والتواريخ'] },
  },
  'scheduled-payments': {
    en: { title: 'Scheduled payments', summary: 'Payments you set up for a later day, and where they go.', items: ['Amounts and dates', 'Account numbers of payees'] },
    'pt-BR': { title: 'Pagamentos agendados', summary: 'Pagamentos que você agendou para outro dia e para onde vão.', items: ['Valores e datas', 'Números das contas dos favorecidos'] },
    ar: { title: 'المدفوعات المجدولة', summary: 'مدفوعات حددت لها يومًا لاحقًا والحسابات التي تذهب إليها.', items: ['المبالغ والتواريخ', 'أرقام حسابات المستفيدين'] },
  },
  'identity-holder': {
    en: { title: 'Who you are', summary: 'Your name and how to reach you, as we have them.', items: ['Name', 'Email address and telephone number'] },
    'pt-BR': { title: 'Quem é você', summary: 'Seu nome e contato, como constam aqui.', items: ['Nome', 'E-mail e telefone'] },
    ar: { title: 'من أنت', summary: 'اسمك ووسائل الاتصال بك كما هي لدينا.', items: ['الاسم', 'البريد الإلكتروني ورقم الهاتف'] },
  },
  'identity-documents': {
    en: { title: 'Identity documents', summary: 'Your national identification number and date of birth.', items: ['National identification number', 'Date of birth'] },
    'pt-BR': { title: 'Documentos de identidade', summary: 'Seu número de identificação nacional e sua data de nascimento.', items: ['Número de identificação nacional', 'Data de nascimento'] },
    ar: { title: 'وثائق الهوية', summary: 'رقم هويتك الوطنية وتاريخ ميلادك.', items: ['رقم الهوية الوطنية', 'تاريخ الميلاد'] },
  },
} satisfies Vocabulary['clusters'];

type ClusterId = keyof typeof dataClusters;

/** Of money in and money out together there is nothing to say: neither bounds the transactions. */
const within = {
  'accounts-basic': 'accounts',
  'transactions-basic': 'transactions',
  'transactions-in': 'transactions-out',
  'transactions-out': 'transactions-in',
  'beneficiaries-basic': 'beneficiaries',
  'standing-orders-basic': 'standing-orders',
  'scheduled-payments-basic': 'scheduled-payments',
} satisfies Partial<Record<ClusterId, ClusterId>>;

/** Permission → clusters, of the permissions all markets of the family have. */
export const commonPermissions = {
  ReadAccountsBasic: ['accounts-basic'],
  ReadAccountsDetail: ['accounts'],
  ReadBalances: ['balances'],
  ReadTransactionsBasic: ['transactions-basic'],
  ReadTransactionsDetail: ['transactions'],
  ReadTransactionsCredits: ['transactions-in'],
  ReadTransactionsDebits: ['transactions-out'],
  ReadBeneficiariesBasic: ['beneficiaries-basic'],
  ReadBeneficiariesDetail: ['beneficiaries'],
  ReadStandingOrdersBasic: ['standing-orders-basic'],
  ReadStandingOrdersDetail: ['standing-orders'],
  ReadScheduledPaymentsBasic: ['scheduled-payments-basic'],
  ReadScheduledPaymentsDetail: ['scheduled-payments'],
  ReadDirectDebits: ['direct-debits'],
  ReadParty: ['identity-holder'],
  ReadPartyPSU: ['identity-holder'],
} satisfies Readonly<Record<string, readonly ClusterId[]>>;

/** The vocabulary of some permissions. */
export function vocabularyOf(permissions: Readonly<Record<string, readonly ClusterId[]>>, purposes?: Vocabulary['purposes']): Vocabulary {
  const named = new Set<string>(Object.values(permissions).flat());
  return { permissions, clusters: Object.fromEntries(Object.entries(dataClusters).filter(([id]) => named.has(id))), within, ...(purposes && { purposes }) };
}
