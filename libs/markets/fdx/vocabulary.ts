import type { InLanguages } from '@assent/authorization-details';
import { clustersOf, type Vocabulary } from '../src/vocabulary.js';

/** Data clusters of FDX are the permissions here. */
export const fdxVocabulary: Vocabulary = {
  clusters: {
    person: {
      en: { title: 'Who you are', summary: 'Your name and contact details as we hold them.', items: ['Name', 'E-mail address and telephone number'] },
      'pt-BR': { title: 'Quem você é', summary: 'Seu nome e seus contatos, como constam aqui.', items: ['Nome', 'E-mail e telefone'] },
      ar: { title: 'من أنت', summary: 'اسمك وبيانات الاتصال بك كما هي لدينا.', items: ['الاسم', 'البريد الإلكتروني ورقم الهاتف'] },
    },
    accounts: {
      en: { title: 'Account names and numbers', summary: 'What each account you choose is called, what kind it is, and the end of its number.', items: ['Name and kind of account', 'Last digits of its number', 'Currency'] },
      'pt-BR': { title: 'Nomes e números das contas', summary: 'Como se chama cada conta que você escolher, de que tipo ela é e o final do seu número.', items: ['Nome e tipo da conta', 'Últimos dígitos do número', 'Moeda'] },
      ar: { title: 'أسماء الحسابات وأرقامها', summary: 'اسم كل حساب تختاره ونوعه وآخر رقمه.', items: ['اسم الحساب ونوعه', 'آخر أرقامه', 'العملة'] },
    },
    balances: {
      en: { title: 'Balances', summary: 'How much is in each account you choose.', items: ['Balance', 'When the balance was taken'] },
      'pt-BR': { title: 'Saldos', summary: 'Quanto há em cada conta que você escolher.', items: ['Saldo', 'Momento em que o saldo foi apurado'] },
      ar: { title: 'الأرصدة', summary: 'المبلغ الموجود في كل حساب تختاره.', items: ['الرصيد', 'وقت احتساب الرصيد'] },
    },
    transactions: {
      en: { title: 'Transactions', summary: 'Money in and out of each account you choose, with dates, amounts and descriptions.', items: ['Dates and amounts', 'Descriptions', 'Who you paid, and who paid you'] },
      'pt-BR': { title: 'Transações', summary: 'Entradas e saídas de cada conta que você escolher, com datas, valores e descrições.', items: ['Datas e valores', 'Descrições', 'Quem você pagou e quem pagou a você'] },
      ar: { title: 'المعاملات', summary: 'الأموال الواردة والصادرة في كل حساب تختاره، مع التواريخ والمبالغ والأوصاف.', items: ['التواريخ والمبالغ', 'الأوصاف', 'من دفعت له ومن دفع لك'] },
    },
    statements: {
      en: { title: 'Statements', summary: 'Statements of each account you choose.', items: ['Dates and sums of statements'] },
      'pt-BR': { title: 'Extratos', summary: 'Extratos de cada conta que você escolher.', items: ['Datas e valores dos extratos'] },
      ar: { title: 'كشوف الحساب', summary: 'كشوف كل حساب تختاره.', items: ['تواريخ الكشوف ومبالغها'] },
    },
  },
  permissions: {
    ACCOUNT_BASIC: ['accounts'],
    ACCOUNT_DETAILED: ['accounts', 'balances'],
    TRANSACTIONS: ['transactions'],
    STATEMENTS: ['statements'],
    CUSTOMER_CONTACT: ['person'],
    CUSTOMER_PERSONAL: ['person'],
  },
};

export const customerClusters = ['CUSTOMER_CONTACT', 'CUSTOMER_PERSONAL'] as const;
export const accountClusters = ['ACCOUNT_BASIC', 'ACCOUNT_DETAILED', 'TRANSACTIONS', 'STATEMENTS'] as const;

export const clusterIdsOf = (clusters: readonly string[]): readonly string[] => clustersOf(fdxVocabulary, clusters);

interface Texts {
  readonly history: string;
  readonly lookback: (days: string, count: number) => string;
  readonly all: string;
  readonly until: string;
  readonly once: string;
  readonly days: (days: string, count: number) => string;
  readonly persistent: string;
}

export const texts: InLanguages<Texts> = {
  en: {
    history: 'Which transactions',
    lookback: (days, count) => (count === 1 ? 'Those of the last day, whenever they are fetched.' : `Those of the last ${days} days, whenever they are fetched.`),
    all: 'All that we show for the account, past and new.',
    until: 'How long',
    once: 'This once. To fetch data again, they must come back to you.',
    days: (days, count) => (count === 1 ? 'One day, then it stops by itself.' : `${days} days, then it stops by itself.`),
    persistent: 'Until you stop it, a year at most.',
  },
  'pt-BR': {
    history: 'Quais transações',
    lookback: (days, count) => (count === 1 ? 'As do último dia, sempre que forem consultadas.' : `As dos últimos ${days} dias, sempre que forem consultadas.`),
    all: 'Todas as que mostramos para a conta, passadas e novas.',
    until: 'Por quanto tempo',
    once: 'Só desta vez. Para consultar de novo, precisam voltar a você.',
    days: (days, count) => (count === 1 ? 'Um dia; depois termina sozinho.' : `${days} dias; depois termina sozinho.`),
    persistent: 'Até você encerrar, no máximo um ano.',
  },
  ar: {
    history: 'أي معاملات',
    lookback: (days, count) => (count === 1 ? 'معاملات اليوم الأخير كلما جُلبت.' : `معاملات آخر ${days} يومًا كلما جُلبت.`),
    all: 'كل ما نعرضه للحساب من معاملات سابقة وجديدة.',
    until: 'المدة',
    once: 'هذه المرة فقط. لجلب البيانات مجددًا عليهم العودة إليك.',
    days: (days, count) => (count === 1 ? 'يوم واحد، ثم تتوقف تلقائيًا.' : `${days} يومًا، ثم تتوقف تلقائيًا.`),
    persistent: 'حتى توقفها أنت، سنة على الأكثر.',
  },
};
