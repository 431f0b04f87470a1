import { clustersOf, type Vocabulary } from '../src/vocabulary.js';

/** Permissions of data consents of v2.1, in the words customers read. */
export const uaeVocabulary: Vocabulary = {
  clusters: {
    accounts: {
      en: { title: 'Account names and numbers', summary: 'What each account you choose is called, what kind it is, and its number.', items: ['Name and kind of account', 'IBAN', 'Currency'] },
      'pt-BR': { title: 'Nomes e números das contas', summary: 'Como se chama cada conta que você escolher, de que tipo ela é e qual é o seu número.', items: ['Nome e tipo da conta', 'IBAN', 'Moeda'] },
      ar: { title: 'أسماء الحسابات وأرقامها', summary: 'اسم كل حساب تختاره ونوعه ورقمه.', items: ['اسم الحساب ونوعه', 'رقم الآيبان', 'العملة'] },
    },
    balances: {
      en: { title: 'Balances', summary: 'How much is in each account you choose.', items: ['Balance', 'Currency', 'When the balance was taken'] },
      'pt-BR': { title: 'Saldos', summary: 'Quanto há em cada conta que você escolher.', items: ['Saldo', 'Moeda', 'Momento em que o saldo foi apurado'] },
      ar: { title: 'الأرصدة', summary: 'المبلغ الموجود في كل حساب تختاره.', items: ['الرصيد', 'العملة', 'وقت احتساب الرصيد'] },
    },
    transactions: {
      en: { title: 'Transactions', summary: 'Money in and out of each account you choose, with dates, amounts, descriptions and who you paid or were paid by.', items: ['Dates and amounts', 'Descriptions', 'Who you paid, and who paid you'] },
      'pt-BR': { title: 'Transações', summary: 'Entradas e saídas de cada conta que você escolher, com datas, valores, descrições e quem você pagou ou quem pagou a você.', items: ['Datas e valores', 'Descrições', 'Quem você pagou e quem pagou a você'] },
      ar: { title: 'المعاملات', summary: 'الأموال الواردة والصادرة في كل حساب تختاره، مع التواريخ والمبالغ والأوصاف ومن دفعت له أو دفع لك.', items: ['التواريخ والمبالغ', 'الأوصاف', 'من دفعت له ومن دفع لك'] },
    },
    regular: {
      en: { title: 'Regular payments', summary: 'Standing orders, direct debits and payments you have scheduled.', items: ['Standing orders', 'Direct debits', 'Scheduled payments'] },
      'pt-BR': { title: 'Pagamentos recorrentes', summary: 'Ordens permanentes, débitos automáticos e pagamentos que você agendou.', items: ['Ordens permanentes', 'Débitos automáticos', 'Pagamentos agendados'] },
      ar: { title: 'المدفوعات المنتظمة', summary: 'الأوامر المستديمة والخصم المباشر والمدفوعات التي جدولتها.', items: ['الأوامر المستديمة', 'الخصم المباشر', 'المدفوعات المجدولة'] },
    },
    beneficiaries: {
      en: { title: 'Saved payees', summary: 'People and companies you have saved to pay again.', items: ['Names of payees', 'Their account numbers'] },
      'pt-BR': { title: 'Favorecidos salvos', summary: 'Pessoas e empresas que você salvou para pagar de novo.', items: ['Nomes dos favorecidos', 'Números das contas deles'] },
      ar: { title: 'المستفيدون المحفوظون', summary: 'الأشخاص والشركات الذين حفظتهم للدفع لهم مجددًا.', items: ['أسماء المستفيدين', 'أرقام حساباتهم'] },
    },
    statements: {
      en: { title: 'Statements', summary: 'Statements of each account you choose.', items: ['Dates and sums of statements'] },
      'pt-BR': { title: 'Extratos', summary: 'Extratos de cada conta que você escolher.', items: ['Datas e valores dos extratos'] },
      ar: { title: 'كشوف الحساب', summary: 'كشوف كل حساب تختاره.', items: ['تواريخ الكشوف ومبالغها'] },
    },
    product: {
      en: { title: 'Account terms', summary: 'Which product each account is, with its charges and rates.', items: ['Product', 'Charges', 'Rates'] },
      'pt-BR': { title: 'Condições da conta', summary: 'Que produto é cada conta, com suas tarifas e taxas.', items: ['Produto', 'Tarifas', 'Taxas'] },
      ar: { title: 'شروط الحساب', summary: 'نوع منتج كل حساب ورسومه ومعدلاته.', items: ['المنتج', 'الرسوم', 'المعدلات'] },
    },
    person: {
      en: { title: 'Who you are', summary: 'Your name and contact details as we hold them.', items: ['Name', 'E-mail address and telephone number'] },
      'pt-BR': { title: 'Quem você é', summary: 'Seu nome e seus contatos, como constam aqui.', items: ['Nome', 'E-mail e telefone'] },
      ar: { title: 'من أنت', summary: 'اسمك وبيانات الاتصال بك كما هي لدينا.', items: ['الاسم', 'البريد الإلكتروني ورقم الهاتف'] },
    },
  },
  permissions: {
    ReadAccountsBasic: ['accounts'],
    ReadAccountsDetail: ['accounts'],
    ReadBalances: ['balances'],
    ReadTransactionsBasic: ['transactions'],
    ReadTransactionsDetail: ['transactions'],
    ReadStandingOrdersBasic: ['regular'],
    ReadStandingOrdersDetail: ['regular'],
    ReadDirectDebits: ['regular'],
    ReadScheduledPaymentsBasic: ['regular'],
    ReadScheduledPaymentsDetail: ['regular'],
    ReadBeneficiariesBasic: ['beneficiaries'],
    ReadBeneficiariesDetail: ['beneficiaries'],
    ReadStatements: ['statements'],
    ReadProduct: ['product'],
    ReadProductFinanceRates: ['product'],
    ReadParty: ['person'],
    ReadPartyUser: ['person'],
    ReadPartyUserIdentity: ['person'],
  },
};

/** Those that speak of one account: without leave to see accounts nobody could name one. */
const apart = ['ReadAccountsBasic', 'ReadAccountsDetail', 'ReadParty', 'ReadPartyUser', 'ReadPartyUserIdentity'];
export const accountBound: readonly string[] = Object.keys(uaeVocabulary.permissions).filter((name) => !apart.includes(name));

/** What a payment consent may have read beside the payment. */
export const paymentPermissions = ['ReadAccountsBasic', 'ReadAccountsDetail', 'ReadBalances', 'ReadRefundAccount'] as const;

export const clusterIdsOf = (permissions: readonly string[]): readonly string[] => clustersOf(uaeVocabulary, permissions);
