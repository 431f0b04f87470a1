import type { Vocabulary } from '../vocabulary.js';

/** What the permissions of the family show, in plain words. A market picks those of its own. */
export const dataClusters = {
  accounts: {
    en: { title: 'Your accounts', summary: 'What each account you choose is called and what kind it is.', items: ['Name and type of account', 'Currency'] },
    'pt-BR': { title: 'Suas contas', summary: 'Como se chama cada conta que você escolher e de que tipo ela é.', items: ['Nome e tipo da conta', 'Moeda'] },
    ar: { title: 'حساباتك', summary: 'اسم كل حساب تختاره ونوعه.', items: ['اسم الحساب ونوعه', 'العملة'] },
  },
  'account-numbers': {
    en: { title: 'Account numbers', summary: 'The numbers others need to pay into each account you choose.', items: ['Account number', 'Bank or branch code'] },
    'pt-BR': { title: 'Números das contas', summary: 'Os números de que outros precisam para depositar em cada conta que você escolher.', items: ['Número da conta', 'Código do banco ou da agência'] },
    ar: { title: 'أرقام الحسابات', summary: 'الأرقام اللازمة لتحويل الأموال إلى كل حساب تختاره.', items: ['رقم الحساب', 'رمز البنك أو الفرع'] },
  },
  balances: {
    en: { title: 'Balances', summary: 'How much is in each account you choose.', items: ['Balance', 'Currency', 'When the balance was taken'] },
    'pt-BR': { title: 'Saldos', summary: 'Quanto há em cada conta que você escolher.', items: ['Saldo', 'Moeda', 'Momento em que o saldo foi apurado'] },
    ar: { title: 'الأرصدة', summary: 'المبلغ الموجود في كل حساب تختاره.', items: ['الرصيد', 'العملة', 'وقت احتساب الرصيد'] },
  },
  transactions: {
    en: { title: 'Transactions', summary: 'When money moved, and how much.', items: ['Dates', 'Amounts'] },
    'pt-BR': { title: 'Transações', summary: 'Quando houve movimentação e de quanto.', items: ['Datas', 'Valores'] },
    ar: { title: 'المعاملات', summary: 'متى تحركت الأموال وبأي مبلغ.', items: ['التواريخ', 'المبالغ'] },
  },
  'transaction-details': {
    en: { title: 'What transactions were for', summary: 'Their descriptions, who you paid and who paid you.', items: ['Descriptions', 'Who you paid, and who paid you'] },
    'pt-BR': { title: 'A que se referem as transações', summary: 'As descrições, quem você pagou e quem pagou a você.', items: ['Descrições', 'Quem você pagou e quem pagou a você'] },
    ar: { title: 'تفاصيل المعاملات', summary: 'أوصافها، ومن دفعت له ومن دفع لك.', items: ['الأوصاف', 'من دفعت له ومن دفع لك'] },
  },
  'money-in': {
    en: { title: 'Money in', summary: 'Transactions that paid into each account you choose.', items: [] },
    'pt-BR': { title: 'Entradas', summary: 'Transações que entraram em cada conta que você escolher.', items: [] },
    ar: { title: 'الأموال الواردة', summary: 'المعاملات الواردة إلى كل حساب تختاره.', items: [] },
  },
  'money-out': {
    en: { title: 'Money out', summary: 'Transactions that paid out of each account you choose.', items: [] },
    'pt-BR': { title: 'Saídas', summary: 'Transações que saíram de cada conta que você escolher.', items: [] },
    ar: { title: 'الأموال الصادرة', summary: 'المعاملات الصادرة من كل حساب تختاره.', items: [] },
  },
  beneficiaries: {
    en: { title: 'People you pay', summary: 'Payees you saved with us.', items: ['Names of payees'] },
    'pt-BR': { title: 'Quem você paga', summary: 'Favorecidos que você cadastrou conosco.', items: ['Nomes dos favorecidos'] },
    ar: { title: 'المستفيدون', summary: 'المستفيدون المحفوظون لدينا.', items: ['أسماء المستفيدين'] },
  },
  'beneficiary-numbers': {
    en: { title: 'Account numbers of people you pay', summary: 'The numbers you saved for them.', items: ['Account numbers of payees'] },
    'pt-BR': { title: 'Números das contas de quem você paga', summary: 'Os números que você cadastrou.', items: ['Números das contas dos favorecidos'] },
    ar: { title: 'أرقام حسابات المستفيدين', summary: 'الأرقام التي حفظتها لهم.', items: ['أرقام حسابات المستفيدين'] },
  },
  'standing-orders': {
    en: { title: 'Standing orders', summary: 'Payments we make for you again and again.', items: ['Amounts and dates'] },
    'pt-BR': { title: 'Ordens permanentes', summary: 'Pagamentos que repetimos para você.', items: ['Valores e datas'] },
    ar: { title: 'الأوامر المستديمة', summary: 'مدفوعات نكررها نيابةً عنك.', items: ['المبالغ والتواريخ'] },
  },
  'standing-order-numbers': {
    en: { title: 'Account numbers in standing orders', summary: 'Where your standing orders pay to.', items: ['Account numbers of payees'] },
    'pt-BR': { title: 'Números das contas nas ordens permanentes', summary: 'Para onde vão os pagamentos das suas ordens permanentes.', items: ['Números das contas dos favorecidos'] },
    ar: { title: 'أرقام الحسابات في الأوامر المستديمة', summary: 'الحسابات التي تدفع لها أوامرك المستديمة.', items: ['أرقام حسابات المستفيدين'] },
  },
  'direct-debits': {
    en: { title: 'Direct debits', summary: 'Who may collect money from each account you choose.', items: ['Names of collectors', 'Last amounts'] },
    'pt-BR': { title: 'Débitos automáticos', summary: 'Quem pode debitar de cada conta que você escolher.', items: ['Nomes de quem debita', 'Últimos valores'] },
    ar: { title: 'الخصم المباشر', summary: 'من يحق له السحب من كل حساب تختاره.', items: ['أسماء الجهات', 'آخر المبالغ'] },
  },
  'scheduled-payments': {
    en: { title: 'Scheduled payments', summary: 'Payments you set up for a later day.', items: ['Amounts and dates'] },
    'pt-BR': { title: 'Pagamentos agendados', summary: 'Pagamentos que você agendou para outro dia.', items: ['Valores e datas'] },
    ar: { title: 'المدفوعات المجدولة', summary: 'مدفوعات حددت لها يومًا لاحقًا.', items: ['المبالغ والتواريخ'] },
  },
  'scheduled-payment-numbers': {
    en: { title: 'Account numbers in scheduled payments', summary: 'Where your scheduled payments go to.', items: ['Account numbers of payees'] },
    'pt-BR': { title: 'Números das contas nos pagamentos agendados', summary: 'Para onde vão os pagamentos que você agendou.', items: ['Números das contas dos favorecidos'] },
    ar: { title: 'أرقام الحسابات في المدفوعات المجدولة', summary: 'الحسابات التي تذهب إليها مدفوعاتك المجدولة.', items: ['أرقام حسابات المستفيدين'] },
  },
  holder: {
    en: { title: 'Who you are', summary: 'Your name and how to reach you, as we have them.', items: ['Name', 'Email address and telephone number'] },
    'pt-BR': { title: 'Quem é você', summary: 'Seu nome e contato, como constam aqui.', items: ['Nome', 'E-mail e telefone'] },
    ar: { title: 'من أنت', summary: 'اسمك ووسائل الاتصال بك كما هي لدينا.', items: ['الاسم', 'البريد الإلكتروني ورقم الهاتف'] },
  },
  identity: {
    en: { title: 'Identity documents', summary: 'Your national identification number and date of birth.', items: ['National identification number', 'Date of birth'] },
    'pt-BR': { title: 'Documentos de identidade', summary: 'Seu número de identificação nacional e sua data de nascimento.', items: ['Número de identificação nacional', 'Data de nascimento'] },
    ar: { title: 'وثائق الهوية', summary: 'رقم هويتك الوطنية وتاريخ ميلادك.', items: ['رقم الهوية الوطنية', 'تاريخ الميلاد'] },
  },
} satisfies Vocabulary['clusters'];

type ClusterId = keyof typeof dataClusters;

/** Permission → clusters, of the permissions all markets of the family have. */
export const commonPermissions = {
  ReadAccountsBasic: ['accounts'],
  ReadAccountsDetail: ['accounts', 'account-numbers'],
  ReadBalances: ['balances'],
  ReadTransactionsBasic: ['transactions'],
  ReadTransactionsDetail: ['transactions', 'transaction-details'],
  ReadTransactionsCredits: ['money-in'],
  ReadTransactionsDebits: ['money-out'],
  ReadBeneficiariesBasic: ['beneficiaries'],
  ReadBeneficiariesDetail: ['beneficiaries', 'beneficiary-numbers'],
  ReadStandingOrdersBasic: ['standing-orders'],
  ReadStandingOrdersDetail: ['standing-orders', 'standing-order-numbers'],
  ReadScheduledPaymentsBasic: ['scheduled-payments'],
  ReadScheduledPaymentsDetail: ['scheduled-payments', 'scheduled-payment-numbers'],
  ReadDirectDebits: ['direct-debits'],
  ReadParty: ['holder'],
  ReadPartyPSU: ['holder'],
} satisfies Readonly<Record<string, readonly ClusterId[]>>;

/** The vocabulary of some permissions. */
export function vocabularyOf(permissions: Readonly<Record<string, readonly ClusterId[]>>, purposes?: Vocabulary['purposes']): Vocabulary {
  const named = new Set<string>(Object.values(permissions).flat());
  return { permissions, clusters: Object.fromEntries(Object.entries(dataClusters).filter(([id]) => named.has(id))), ...(purposes && { purposes }) };
}
