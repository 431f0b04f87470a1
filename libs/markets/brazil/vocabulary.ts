import type { InLanguages } from '@assent/authorization-details';
import type { DataCluster, Vocabulary } from '../src/vocabulary.js';

/** Inside grants and tokens. */
export const dataType = 'urn:assent:brazil:data';
export const paymentType = 'urn:assent:brazil:payment';

const clusters = {
  'registration-data': {
    en: { title: 'Who you are', summary: 'Your name, your documents and how to reach you.', items: ['Name and CPF', 'Documents', 'Address, telephone and e-mail'] },
    'pt-BR': { title: 'Seus dados cadastrais', summary: 'Seu nome, seus documentos e como falar com você.', items: ['Nome e CPF', 'Documentos', 'Endereço, telefone e e-mail'] },
    ar: { title: 'من أنت', summary: 'اسمك ووثائقك وطريقة التواصل معك.', items: ['الاسم ورقم CPF', 'الوثائق', 'العنوان والهاتف والبريد الإلكتروني'] },
  },
  circumstances: {
    en: { title: 'Income and relationship with the bank', summary: 'What you earn and own as the bank knows it, and since when you are a customer.', items: ['Occupation and income', 'Assets', 'Products you have and since when'] },
    'pt-BR': { title: 'Renda e relacionamento com o banco', summary: 'Sua renda e seu patrimônio como o banco os conhece, e desde quando você é cliente.', items: ['Ocupação e renda', 'Patrimônio', 'Produtos que você tem e desde quando'] },
    ar: { title: 'الدخل والعلاقة مع البنك', summary: 'دخلك وممتلكاتك كما يعرفها البنك، ومنذ متى أنت عميل.', items: ['المهنة والدخل', 'الممتلكات', 'المنتجات التي لديك وتاريخها'] },
  },
  company: {
    en: { title: 'The company', summary: 'Its name, its documents and who acts for it.', items: ['Name and CNPJ', 'Partners and representatives', 'Address, telephone and e-mail'] },
    'pt-BR': { title: 'Dados cadastrais da empresa', summary: 'O nome da empresa, seus documentos e quem a representa.', items: ['Razão social e CNPJ', 'Sócios e representantes', 'Endereço, telefone e e-mail'] },
    ar: { title: 'بيانات الشركة', summary: 'اسم الشركة ووثائقها ومن يمثلها.', items: ['الاسم ورقم CNPJ', 'الشركاء والممثلون', 'العنوان والهاتف والبريد الإلكتروني'] },
  },
  'company-circumstances': {
    en: { title: 'The company’s revenue and relationship with the bank', summary: 'What the company earns and owns as the bank knows it.', items: ['Line of business and revenue', 'Assets', 'Products it has and since when'] },
    'pt-BR': { title: 'Faturamento da empresa e relacionamento com o banco', summary: 'O faturamento e o patrimônio da empresa como o banco os conhece.', items: ['Ramo de atividade e faturamento', 'Patrimônio', 'Produtos que ela tem e desde quando'] },
    ar: { title: 'إيرادات الشركة وعلاقتها مع البنك', summary: 'إيرادات الشركة وممتلكاتها كما يعرفها البنك.', items: ['النشاط والإيرادات', 'الممتلكات', 'المنتجات التي لديها وتاريخها'] },
  },
  accounts: {
    en: { title: 'Accounts', summary: 'What kind each account you choose is, and its number.', items: ['Kind of account', 'Bank, branch and number', 'Currency'] },
    'pt-BR': { title: 'Contas', summary: 'De que tipo é cada conta que você escolher e qual é o seu número.', items: ['Tipo da conta', 'Banco, agência e número', 'Moeda'] },
    ar: { title: 'الحسابات', summary: 'نوع كل حساب تختاره ورقمه.', items: ['نوع الحساب', 'البنك والفرع والرقم', 'العملة'] },
  },
  balances: {
    en: { title: 'Balances', summary: 'How much is in each account you choose.', items: ['Available balance', 'Blocked and invested amounts'] },
    'pt-BR': { title: 'Saldos', summary: 'Quanto há em cada conta que você escolher.', items: ['Saldo disponível', 'Valores bloqueados e aplicados'] },
    ar: { title: 'الأرصدة', summary: 'المبلغ الموجود في كل حساب تختاره.', items: ['الرصيد المتاح', 'المبالغ المحجوزة والمستثمرة'] },
  },
  limits: {
    en: { title: 'Overdraft limits', summary: 'How far each account you choose may be overdrawn.', items: ['Agreed limit', 'Limit in use'] },
    'pt-BR': { title: 'Limites do cheque especial', summary: 'Até quanto cada conta que você escolher pode ficar negativa.', items: ['Limite contratado', 'Limite utilizado'] },
    ar: { title: 'حدود السحب على المكشوف', summary: 'المبلغ الذي يمكن سحبه زيادة على رصيد كل حساب تختاره.', items: ['الحد المتفق عليه', 'الحد المستخدم'] },
  },
  transactions: {
    en: { title: 'Statements', summary: 'Money in and out of each account you choose, with dates, amounts and who you paid or were paid by.', items: ['Dates and amounts', 'Descriptions', 'Who you paid, and who paid you'] },
    'pt-BR': { title: 'Extratos', summary: 'Entradas e saídas de cada conta que você escolher, com datas, valores e quem você pagou ou quem pagou a você.', items: ['Datas e valores', 'Descrições', 'Quem você pagou e quem pagou a você'] },
    ar: { title: 'كشوف الحساب', summary: 'الأموال الواردة والصادرة في كل حساب تختاره، مع التواريخ والمبالغ ومن دفعت له أو دفع لك.', items: ['التواريخ والمبالغ', 'الأوصاف', 'من دفعت له ومن دفع لك'] },
  },
  cards: {
    en: { title: 'Credit cards', summary: 'Your cards, their limits, bills and purchases.', items: ['Cards and limits', 'Bills', 'Purchases'] },
    'pt-BR': { title: 'Cartões de crédito', summary: 'Seus cartões, seus limites, faturas e compras.', items: ['Cartões e limites', 'Faturas', 'Compras'] },
    ar: { title: 'بطاقات الائتمان', summary: 'بطاقاتك وحدودها وفواتيرها ومشترياتها.', items: ['البطاقات والحدود', 'الفواتير', 'المشتريات'] },
  },
  credit: {
    en: { title: 'Loans and credit', summary: 'What you borrowed, on which terms, and what is still to be paid.', items: ['Contracts and guarantees', 'Instalments', 'Payments made'] },
    'pt-BR': { title: 'Empréstimos e operações de crédito', summary: 'O que você tomou emprestado, em que condições e quanto ainda falta pagar.', items: ['Contratos e garantias', 'Parcelas', 'Pagamentos feitos'] },
    ar: { title: 'القروض والائتمان', summary: 'ما اقترضته وشروطه وما تبقى للسداد.', items: ['العقود والضمانات', 'الأقساط', 'الدفعات المسددة'] },
  },
  investments: {
    en: { title: 'Investments', summary: 'What you invested, its worth and its movements.', items: ['Products', 'Balances', 'Movements'] },
    'pt-BR': { title: 'Investimentos', summary: 'O que você investiu, quanto vale e as suas movimentações.', items: ['Produtos', 'Saldos', 'Movimentações'] },
    ar: { title: 'الاستثمارات', summary: 'ما استثمرته وقيمته وحركاته.', items: ['المنتجات', 'الأرصدة', 'الحركات'] },
  },
  exchange: {
    en: { title: 'Foreign exchange', summary: 'Your foreign exchange contracts.', items: ['Contracts', 'Events'] },
    'pt-BR': { title: 'Câmbio', summary: 'Suas operações de câmbio.', items: ['Operações', 'Eventos'] },
    ar: { title: 'صرف العملات', summary: 'عمليات صرف العملات الخاصة بك.', items: ['العمليات', 'الأحداث'] },
  },
} satisfies Readonly<Record<string, InLanguages<DataCluster>>>;

export type ClusterName = keyof typeof clusters;

/** Which resources there are: part of every group, and nothing to show by itself. */
const resources = 'RESOURCES_READ';

const loans = (kind: string) => [`${kind}_READ`, `${kind}_WARRANTIES_READ`, `${kind}_SCHEDULED_INSTALMENTS_READ`, `${kind}_PAYMENTS_READ`];

interface Group {
  readonly permissions: readonly string[];
  /** What each of its permissions shows. */
  readonly shows: Readonly<Record<string, readonly ClusterName[]>>;
  readonly of?: 'person' | 'company';
}

/** Groups of permissions: whoever asks for one of a group asks for all of it (consents API v3). */
export const groups: readonly Group[] = (
  [
    { of: 'person', permissions: ['CUSTOMERS_PERSONAL_IDENTIFICATIONS_READ'], shows: { CUSTOMERS_PERSONAL_IDENTIFICATIONS_READ: ['registration-data'] } },
    { of: 'person', permissions: ['CUSTOMERS_PERSONAL_ADITTIONALINFO_READ'], shows: { CUSTOMERS_PERSONAL_ADITTIONALINFO_READ: ['circumstances'] } },
    { of: 'company', permissions: ['CUSTOMERS_BUSINESS_IDENTIFICATIONS_READ'], shows: { CUSTOMERS_BUSINESS_IDENTIFICATIONS_READ: ['company'] } },
    { of: 'company', permissions: ['CUSTOMERS_BUSINESS_ADITTIONALINFO_READ'], shows: { CUSTOMERS_BUSINESS_ADITTIONALINFO_READ: ['company-circumstances'] } },
    { permissions: ['ACCOUNTS_READ', 'ACCOUNTS_BALANCES_READ'], shows: { ACCOUNTS_READ: ['accounts'], ACCOUNTS_BALANCES_READ: ['balances'] } },
    { permissions: ['ACCOUNTS_READ', 'ACCOUNTS_OVERDRAFT_LIMITS_READ'], shows: { ACCOUNTS_OVERDRAFT_LIMITS_READ: ['limits'] } },
    { permissions: ['ACCOUNTS_READ', 'ACCOUNTS_TRANSACTIONS_READ'], shows: { ACCOUNTS_TRANSACTIONS_READ: ['transactions'] } },
    ...['LIMITS', 'TRANSACTIONS'].map((kind) => ({ permissions: ['CREDIT_CARDS_ACCOUNTS_READ', `CREDIT_CARDS_ACCOUNTS_${kind}_READ`], shows: showing('cards', ['CREDIT_CARDS_ACCOUNTS_READ', `CREDIT_CARDS_ACCOUNTS_${kind}_READ`]) })),
    group('cards', ['CREDIT_CARDS_ACCOUNTS_READ', 'CREDIT_CARDS_ACCOUNTS_BILLS_READ', 'CREDIT_CARDS_ACCOUNTS_BILLS_TRANSACTIONS_READ']),
    group('credit', ['LOANS', 'FINANCINGS', 'UNARRANGED_ACCOUNTS_OVERDRAFT', 'INVOICE_FINANCINGS'].flatMap(loans)),
    group('investments', ['BANK_FIXED_INCOMES_READ', 'CREDIT_FIXED_INCOMES_READ', 'FUNDS_READ', 'VARIABLE_INCOMES_READ', 'TREASURE_TITLES_READ']),
    group('exchange', ['EXCHANGES_READ']),
  ] satisfies readonly Group[]
).map((one) => ({ ...one, permissions: [...one.permissions, resources] }));

function group(cluster: ClusterName, permissions: readonly string[]) {
  return { permissions, shows: showing(cluster, permissions) };
}

function showing(cluster: ClusterName, permissions: readonly string[]): Readonly<Record<string, readonly ClusterName[]>> {
  return Object.fromEntries(permissions.map((name) => [name, [cluster]]));
}

/** The market's permissions, and what each shows. */
export const vocabulary: Vocabulary = {
  clusters,
  permissions: { [resources]: [], ...Object.fromEntries(groups.flatMap(({ shows }) => Object.entries(shows))) },
  ofAccounts: ['ACCOUNTS_READ'],
};
